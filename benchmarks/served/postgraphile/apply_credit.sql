-- W1 for PostGraphile: all that applyCreditMemo does for one invoice, in one function. Amounts are minor units.
CREATE SCHEMA bench_peer;
GRANT USAGE ON SCHEMA bench_peer TO credit_memo_service;

CREATE FUNCTION bench_peer.new_id(prefix text) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT prefix || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 16, '0')
        || substr(md5(random()::text), 1, 16)
$$;

CREATE FUNCTION bench_peer.apply_credit(memo_id text, invoice_id text, amount bigint, key text)
RETURNS credit_memo_application LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    here constant integer := current_setting('app.entity_id')::integer;
    log constant text := bench_peer.new_id('log_');
    print constant text := encode(sha256(convert_to(concat_ws(' ', memo_id, invoice_id, amount), 'UTF8')), 'hex');
    moment timestamptz;
    kept entity;
    earlier log_entry;
    memo credit_memo;
    owed invoice;
    made credit_memo_application;
    pair record;
    memo_told text;
    owed_told text;
    memo_hash text;
    owed_hash text;
BEGIN
    INSERT INTO log_entry (entity_id, id, operation, actor, recorded_at, idempotency_key, fingerprint)
    VALUES (here, log, 'APPLY_CREDIT_MEMO', 'bench', clock_timestamp(), apply_credit.key, print)
    ON CONFLICT (entity_id, idempotency_key) DO NOTHING;
    IF NOT FOUND THEN
        SELECT * INTO earlier FROM log_entry AS l
        WHERE l.entity_id = here AND l.idempotency_key = apply_credit.key;
        IF earlier.fingerprint <> print THEN
            RAISE EXCEPTION 'IDEMPOTENCY_KEY_REUSED';
        END IF;
        SELECT * INTO made FROM credit_memo_application AS a
        WHERE a.entity_id = here AND a.id = earlier.outcome -> 'applications' ->> 0;
        RETURN made;
    END IF;
    SELECT * INTO kept FROM entity WHERE id = here;
    SELECT * INTO memo FROM credit_memo AS m WHERE m.entity_id = here AND m.id = memo_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'NOT_FOUND';
    END IF;
    SELECT * INTO owed FROM invoice AS i WHERE i.entity_id = here AND i.id = apply_credit.invoice_id FOR UPDATE;
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
    moment := clock_timestamp();
    -- What is told of both documents; what is hashed is as long, though not in the form in which the service seals it.
    memo_told := json_build_object('changed', json_build_object(memo.id, json_build_object(
        'applied', json_build_array(memo.applied, memo.applied + amount),
        'balance', json_build_array(memo.balance, memo.balance - amount))))::text;
    owed_told := json_build_object('changed', json_build_object(owed.id, json_build_object(
        'credits_applied', json_build_array(owed.credits_applied, owed.credits_applied + amount),
        'balance', json_build_array(owed.balance, owed.balance - amount))))::text;
    memo_hash := encode(sha256(convert_to(memo.id || coalesce(memo.history_hash, '') || memo_told, 'UTF8')), 'hex');
    owed_hash := encode(sha256(convert_to(owed.id || coalesce(owed.history_hash, '') || owed_told, 'UTF8')), 'hex');
    INSERT INTO document_change (entity_id, document_id, version, part, kind, log_id, recorded_at, recorded_by,
                                 changes, previous_hash, hash)
    VALUES (here, memo.id, memo.version + 1, 1, 'CHANGED', log, moment, 'bench', memo_told, memo.history_hash, memo_hash),
           (here, owed.id, owed.version + 1, 1, 'CHANGED', log, moment, 'bench', owed_told, owed.history_hash, owed_hash);
    UPDATE credit_memo AS m
    SET history_hash = memo_hash, applied = m.applied + amount, balance = m.balance - amount, position = m.position + 1,
        version = m.version + 1, updated_at = moment
    WHERE m.entity_id = here AND m.id = memo_id RETURNING * INTO memo;
    UPDATE invoice AS i
    SET history_hash = owed_hash, credits_applied = i.credits_applied + amount, balance = i.balance - amount, position = i.position + 1,
        version = i.version + 1, updated_at = moment,
        settlement_status = CASE i.balance WHEN amount THEN 'SETTLED' ELSE 'PARTIALLY_SETTLED' END,
        full_settlement_date = CASE i.balance WHEN amount THEN (moment AT TIME ZONE kept.time_zone)::date END
    WHERE i.entity_id = here AND i.id = apply_credit.invoice_id RETURNING * INTO owed;
    INSERT INTO credit_memo_application (
        entity_id, id, number, credit_memo_id, invoice_id, account_id, currency, type, level, amount,
        impact_amount, credit_memo_balance, invoice_balance, credit_memo_position, invoice_position, applied_date,
        has_been_unapplied, allocation_rule, operation, log_id, recorded_at, recorded_by)
    VALUES (
        here, bench_peer.new_id('app_'), memo.number || '-' || memo.position, memo.id, owed.id, memo.account_id,
        memo.currency, 'APPLIED', CASE kept.application_level WHEN 'INVOICE_LINE' THEN 'LINE' ELSE 'HEADER' END,
        amount, -amount, memo.balance, owed.balance, memo.position, owed.position, moment, 'NO',
        CASE kept.application_level WHEN 'INVOICE_LINE' THEN kept.default_allocation END, 'APPLY_CREDIT_MEMO',
        log, moment, 'bench')
    RETURNING * INTO made;
    IF kept.application_level = 'INVOICE_LINE' THEN
        -- Each side highest balance first; a pair is where what both have given and taken so far overlaps.
        FOR pair IN
            WITH gives AS (
                SELECT l.id, l.balance, sum(l.balance) OVER (ORDER BY l.balance DESC, l.line_number) AS through
                FROM credit_memo_line AS l
                WHERE l.entity_id = here AND l.credit_memo_id = memo.id AND l.balance > 0),
            takes AS (
                SELECT l.id, l.balance, sum(l.balance) OVER (ORDER BY l.balance DESC, l.line_number) AS through
                FROM invoice_line AS l
                WHERE l.entity_id = here AND l.invoice_id = owed.id AND l.balance > 0)
            SELECT gives.id AS memo_line, takes.id AS invoice_line,
                   (least(gives.through, takes.through, amount)
                    - greatest(gives.through - gives.balance, takes.through - takes.balance))::bigint AS amount,
                   row_number() OVER (ORDER BY least(gives.through, takes.through)) AS sequence
            FROM gives JOIN takes
            ON least(gives.through, takes.through, amount)
               > greatest(gives.through - gives.balance, takes.through - takes.balance)
            ORDER BY sequence
        LOOP
            WITH given AS (
                UPDATE credit_memo_line AS l
                SET applied = l.applied + pair.amount, balance = l.balance - pair.amount
                WHERE l.entity_id = here AND l.id = pair.memo_line RETURNING l.balance),
            taken AS (
                UPDATE invoice_line AS l
                SET credits_applied = l.credits_applied + pair.amount, balance = l.balance - pair.amount
                WHERE l.entity_id = here AND l.id = pair.invoice_line RETURNING l.balance)
            INSERT INTO credit_memo_line_application (
                entity_id, id, application_id, credit_memo_line_id, invoice_line_id, sequence, currency, type,
                amount, impact_amount, credit_memo_line_balance, invoice_line_balance, applied_date,
                has_been_unapplied, log_id, recorded_at, recorded_by)
            SELECT here, bench_peer.new_id('lapp_'), made.id, pair.memo_line, pair.invoice_line, pair.sequence,
                   memo.currency, 'APPLIED', pair.amount, -pair.amount, given.balance, taken.balance, moment,
                   'NO', log, moment, 'bench'
            FROM given, taken;
        END LOOP;
    END IF;
    INSERT INTO balance_entry (
        entity_id, document_id, position, currency, kind, impact_amount, balance_before, balance_after, cause_id,
        log_id, recorded_at, recorded_by)
    VALUES (here, memo.id, memo.position, memo.currency, 'APPLICATION', -amount, memo.balance + amount,
            memo.balance, made.id, log, moment, 'bench'),
           (here, owed.id, owed.position, owed.currency, 'APPLICATION', -amount, owed.balance + amount,
            owed.balance, made.id, log, moment, 'bench');
    UPDATE log_entry AS l
    SET recorded_at = moment, outcome = json_build_object('credit_memo', memo.id, 'applications', json_build_array(made.id),
                                    'invoices', json_build_array(owed.id))
    WHERE l.entity_id = here AND l.id = log;
    RETURN made;
END
$$;
