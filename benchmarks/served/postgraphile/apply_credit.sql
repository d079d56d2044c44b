-- W1 for PostGraphile: all that applyCreditMemo does for one invoice, in one function. Amounts are minor units.
-- Both documents are sealed as app/domain/sealing.py says it, so the books that it leaves pass the audit. Of the rules by
-- which lines are allocated it knows the one that the books of the contest have.
CREATE SCHEMA bench_peer;
GRANT USAGE ON SCHEMA bench_peer TO credit_memo_service;

CREATE FUNCTION bench_peer.new_id(prefix text) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT prefix || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 16, '0')
        || substr(md5(random()::text), 1, 16)
$$;

-- The hash of a link; STABLE, as concat is, so that it is inlined.
CREATE FUNCTION bench_peer.sealed(
    previous text, document text, version integer, log text, moment text, content text, changes text)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(concat(
        '["', previous, '","', document, '",', version, ',1,"CHANGED","', log, '","APPLY_CREDIT_MEMO","bench","', moment,
        '",', content, E']\n', changes), 'UTF8')), 'hex')
$$;

CREATE FUNCTION bench_peer.apply_credit(memo_id text, invoice_id text, amount bigint, key text)
RETURNS credit_memo_application LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    here constant integer := current_setting('app.entity_id')::integer;
    log constant text := bench_peer.new_id('log_');
    cause constant text := bench_peer.new_id('app_');
    print constant text := encode(sha256(convert_to(concat_ws(' ', memo_id, invoice_id, amount), 'UTF8')), 'hex');
    moment timestamptz;
    kept record;
    earlier record;
    memo record;
    owed record;
    made credit_memo_application;
    rule text;
    settlement text;
    settled_on date;
    givers CURSOR FOR
        SELECT l.id, l.applied, l.balance FROM credit_memo_line AS l
        WHERE l.entity_id = here AND l.credit_memo_id = memo_id AND l.balance > 0
        ORDER BY l.balance DESC, l.line_number;
    takers CURSOR FOR
        SELECT l.id, l.credits_applied, l.balance FROM invoice_line AS l
        WHERE l.entity_id = here AND l.invoice_id = apply_credit.invoice_id AND l.balance > 0
        ORDER BY l.balance DESC, l.line_number;
    giver record;
    taker record;
    giver_left bigint := 0;
    taker_left bigint := 0;
    amount_left bigint := amount;
    share bigint;
    part text;
    place integer := 0;
    -- Canonical JSON of what is sealed: the instant, columns that all rows have, rows, and what has changed.
    said text;
    logged text;
    parts text;
    memo_lines text[];
    owed_lines text[];
    memo_told text;
    owed_told text;
    memo_hash text;
    owed_hash text;
BEGIN
    INSERT INTO log_entry (entity_id, id, operation, actor, recorded_at, idempotency_key, fingerprint)
    VALUES (here, log, 'APPLY_CREDIT_MEMO', 'bench', clock_timestamp(), apply_credit.key, print)
    ON CONFLICT (entity_id, idempotency_key) DO NOTHING;
    IF NOT FOUND THEN
        SELECT l.fingerprint, l.outcome INTO earlier FROM log_entry AS l
        WHERE l.entity_id = here AND l.idempotency_key = apply_credit.key;
        IF earlier.fingerprint <> print THEN
            RAISE EXCEPTION 'IDEMPOTENCY_KEY_REUSED';
        END IF;
        SELECT * INTO made FROM credit_memo_application AS a
        WHERE a.entity_id = here AND a.id = earlier.outcome -> 'applications' ->> 0;
        RETURN made;
    END IF;
    SELECT e.application_level, e.default_allocation, e.time_zone INTO kept FROM entity AS e WHERE e.id = here;
    SELECT m.number, m.status, m.account_id, m.currency, m.source, m.invoice_id, m.applied, m.balance, m.position,
           m.version, m.updated_at, m.history_hash
    INTO memo FROM credit_memo AS m WHERE m.entity_id = here AND m.id = memo_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'NOT_FOUND';
    END IF;
    SELECT i.status, i.account_id, i.currency, i.credits_applied, i.balance, i.settlement_status, i.position,
           i.version, i.updated_at, i.history_hash
    INTO owed FROM invoice AS i WHERE i.entity_id = here AND i.id = apply_credit.invoice_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'NOT_FOUND';
    ELSIF memo.status <> 'POSTED' OR owed.status <> 'POSTED' THEN
        RAISE EXCEPTION 'INVALID_STATUS';
    ELSIF memo.account_id <> owed.account_id THEN
        RAISE EXCEPTION 'ACCOUNT_MISMATCH';
    ELSIF memo.currency <> owed.currency THEN
        RAISE EXCEPTION 'CURRENCY_MISMATCH';
    ELSIF amount <= 0 THEN
        RAISE EXCEPTION 'INVALID_AMOUNT';
    ELSIF amount > memo.balance THEN
        RAISE EXCEPTION 'EXCEEDS_MEMO_BALANCE';
    ELSIF amount > owed.balance THEN
        RAISE EXCEPTION 'EXCEEDS_INVOICE_BALANCE';
    END IF;
    IF kept.application_level = 'INVOICE_LINE' THEN
        rule := CASE WHEN memo.source = 'INVOICE' AND memo.invoice_id = apply_credit.invoice_id
                     THEN 'SOURCE_LINE' ELSE kept.default_allocation END;
        IF rule <> 'HIGHEST_FIRST' THEN
            RAISE EXCEPTION '% is asked for by nothing in the contest', rule;
        END IF;
    END IF;
    -- Along a document's life instants rise.
    moment := greatest(clock_timestamp(), greatest(memo.updated_at, owed.updated_at) + interval '1 microsecond');
    said := to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    logged := concat('"log_id":"', log, '",');
    settlement := CASE owed.balance WHEN amount THEN 'SETTLED' ELSE 'PARTIALLY_SETTLED' END;
    settled_on := CASE owed.balance WHEN amount THEN (moment AT TIME ZONE kept.time_zone)::date END;
    INSERT INTO credit_memo_application (
        entity_id, id, number, credit_memo_id, invoice_id, account_id, currency, type, level, amount,
        impact_amount, credit_memo_balance, invoice_balance, credit_memo_position, invoice_position, applied_date,
        has_been_unapplied, allocation_rule, operation, log_id, recorded_at, recorded_by)
    VALUES (
        here, cause, memo.number || '-' || memo.position + 1, memo_id, apply_credit.invoice_id, memo.account_id,
        memo.currency, 'APPLIED', CASE WHEN rule IS NULL THEN 'HEADER' ELSE 'LINE' END, amount, -amount,
        memo.balance - amount, owed.balance - amount, memo.position + 1, owed.position + 1, moment, 'NO', rule,
        'APPLY_CREDIT_MEMO', log, moment, 'bench')
    RETURNING * INTO made;
    IF rule IS NOT NULL THEN
        -- Each side highest balance first: a pair is the smallest of what its two lines and the amount have left.
        OPEN givers;
        OPEN takers;
        WHILE amount_left > 0 LOOP
            IF giver_left = 0 THEN
                FETCH givers INTO giver;
                giver_left := giver.balance;
                share := least(giver.balance, amount_left);
                UPDATE credit_memo_line AS l SET applied = giver.applied + share, balance = giver.balance - share
                WHERE l.entity_id = here AND l.id = giver.id;
                memo_lines := memo_lines || concat(
                    '"', giver.id, '":{"applied":[', giver.applied, ',', giver.applied + share, '],"balance":[',
                    giver.balance, ',', giver.balance - share, ']}');
            END IF;
            IF taker_left = 0 THEN
                FETCH takers INTO taker;
                taker_left := taker.balance;
                share := least(taker.balance, amount_left);
                UPDATE invoice_line AS l
                SET credits_applied = taker.credits_applied + share, balance = taker.balance - share
                WHERE l.entity_id = here AND l.id = taker.id;
                owed_lines := owed_lines || concat(
                    '"', taker.id, '":{"balance":[', taker.balance, ',', taker.balance - share, '],"credits_applied":[',
                    taker.credits_applied, ',', taker.credits_applied + share, ']}');
            END IF;
            share := least(giver_left, taker_left, amount_left);
            giver_left := giver_left - share;
            taker_left := taker_left - share;
            amount_left := amount_left - share;
            place := place + 1;
            part := bench_peer.new_id('lapp_');
            INSERT INTO credit_memo_line_application (
                entity_id, id, application_id, credit_memo_line_id, invoice_line_id, sequence, currency, type, amount,
                impact_amount, credit_memo_line_balance, invoice_line_balance, applied_date, has_been_unapplied,
                log_id, recorded_at, recorded_by)
            VALUES (here, part, cause, giver.id, taker.id, place, memo.currency, 'APPLIED', share, -share, giver_left,
                    taker_left, moment, 'NO', log, moment, 'bench');
            -- In the order of their ids, which rise as they are made.
            parts := concat(
                parts, ',["credit_memo_line_application",{"amount":', share, ',"application_id":"', cause,
                '","applied_date":"', said, '",', '"credit_memo_line_balance":' || nullif(giver_left, 0) || ',',
                '"credit_memo_line_id":"', giver.id, '","currency":"', memo.currency,
                '","has_been_unapplied":"NO","id":"', part, '","impact_amount":', -share, ',',
                '"invoice_line_balance":' || nullif(taker_left, 0) || ',', '"invoice_line_id":"', taker.id, '",', logged,
                '"recorded_at":"', said, '","recorded_by":"bench","sequence":', place, ',"type":"APPLIED"}]');
        END LOOP;
        IF place > 1 THEN
            memo_lines := ARRAY(SELECT each FROM unnest(memo_lines) AS each ORDER BY each COLLATE "C");
            owed_lines := ARRAY(SELECT each FROM unnest(owed_lines) AS each ORDER BY each COLLATE "C");
        END IF;
    END IF;
    -- Columns in order, and none whose value is nothing; ids and words have no character that JSON escapes.
    memo_told := concat(
        '{"changed":{"', memo_id, '":{"applied":[', memo.applied, ',', memo.applied + amount, '],"balance":[',
        memo.balance, ',', made.credit_memo_balance, ']}', ',' || array_to_string(memo_lines, ','), '}}');
    owed_told := concat(
        '{"changed":{', array_to_string(owed_lines, ',') || ',', '"', apply_credit.invoice_id, '":{"balance":[',
        owed.balance, ',', made.invoice_balance, '],"credits_applied":[', owed.credits_applied, ',',
        owed.credits_applied + amount, ']', ',"full_settlement_date":[null,"' || settled_on || '"]',
        ',"settlement_status":["' || nullif(owed.settlement_status, settlement) || '","' || settlement || '"]', '}}}');
    memo_hash := bench_peer.sealed(memo.history_hash, memo_id, memo.version + 1, log, said, concat(
        '[["balance_entry",{', '"balance_after":' || nullif(made.credit_memo_balance, 0) || ',', '"balance_before":',
        memo.balance, ',"cause_id":"', cause, '","currency":"', memo.currency, '","document_id":"', memo_id,
        '","impact_amount":', -amount, ',"kind":"APPLICATION",', logged, '"position":', made.credit_memo_position,
        ',"recorded_at":"', said, '","recorded_by":"bench"}],["credit_memo_application",{"account_id":"',
        memo.account_id, '",', '"allocation_rule":"' || rule || '",', '"amount":', amount, ',"applied_date":"', said,
        '",', '"credit_memo_balance":' || nullif(made.credit_memo_balance, 0) || ',', '"credit_memo_id":"', memo_id,
        '","credit_memo_position":', made.credit_memo_position, ',"currency":"', memo.currency,
        '","has_been_unapplied":"NO","id":"', cause, '","impact_amount":', -amount, ',',
        '"invoice_balance":' || nullif(made.invoice_balance, 0) || ',', '"invoice_id":"', apply_credit.invoice_id,
        '","invoice_position":', made.invoice_position, ',"level":"', made.level, '",', logged, '"number":',
        to_json(made.number), ',"operation":"APPLY_CREDIT_MEMO","recorded_at":"', said,
        '","recorded_by":"bench","type":"APPLIED"}]', parts, ']'), memo_told);
    owed_hash := bench_peer.sealed(owed.history_hash, apply_credit.invoice_id, owed.version + 1, log, said, concat(
        '[["balance_entry",{', '"balance_after":' || nullif(made.invoice_balance, 0) || ',', '"balance_before":',
        owed.balance, ',"cause_id":"', cause, '","currency":"', owed.currency, '","document_id":"',
        apply_credit.invoice_id, '","impact_amount":', -amount, ',"kind":"APPLICATION",', logged, '"position":',
        made.invoice_position, ',"recorded_at":"', said, '","recorded_by":"bench"}]]'), owed_told);
    UPDATE credit_memo AS m
    SET history_hash = memo_hash, applied = memo.applied + amount, balance = made.credit_memo_balance,
        position = made.credit_memo_position, version = memo.version + 1, updated_at = moment, updated_by = 'bench'
    WHERE m.entity_id = here AND m.id = memo_id;
    UPDATE invoice AS i
    SET history_hash = owed_hash, credits_applied = owed.credits_applied + amount, balance = made.invoice_balance,
        position = made.invoice_position, version = owed.version + 1, updated_at = moment, updated_by = 'bench',
        settlement_status = settlement, full_settlement_date = settled_on
    WHERE i.entity_id = here AND i.id = apply_credit.invoice_id;
    INSERT INTO balance_entry (
        entity_id, document_id, position, currency, kind, impact_amount, balance_before, balance_after, cause_id,
        log_id, recorded_at, recorded_by)
    VALUES (here, memo_id, made.credit_memo_position, memo.currency, 'APPLICATION', -amount, memo.balance,
            made.credit_memo_balance, cause, log, moment, 'bench'),
           (here, apply_credit.invoice_id, made.invoice_position, owed.currency, 'APPLICATION', -amount, owed.balance,
            made.invoice_balance, cause, log, moment, 'bench');
    INSERT INTO document_change (
        entity_id, document_id, version, part, kind, log_id, recorded_at, recorded_by, changes, previous_hash, hash)
    VALUES (here, memo_id, memo.version + 1, 1, 'CHANGED', log, moment, 'bench', memo_told, memo.history_hash,
            memo_hash),
           (here, apply_credit.invoice_id, owed.version + 1, 1, 'CHANGED', log, moment, 'bench', owed_told,
            owed.history_hash, owed_hash);
    UPDATE log_entry AS l
    SET recorded_at = moment, outcome = json_build_object('credit_memo', memo_id, 'applications', json_build_array(cause),
                                    'invoices', json_build_array(apply_credit.invoice_id))
    WHERE l.entity_id = here AND l.id = log;
    RETURN made;
END
$$;
