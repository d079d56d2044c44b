import asyncio, os, random, time, traceback, pprint
from collections import Counter
import pytest
from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel
from tests.model.wandering import Wanderer
from tests.model.outcome import Accepted
from tests.stateful.machine import *
from tests.stateful.twists import twisted
from tests.stateful.walk import written_otherwise

SECONDS = float(os.environ.get("TMP_SECONDS", "30"))
STEPS = int(os.environ.get("TMP_STEPS", "40"))
SEED = int(os.environ.get("TMP_SEED", "1"))


@pytest.mark.parametrize("level", list(ApplicationLevel))
def test_tmp(level, walks, runner):
    end = time.time() + SECONDS
    faults = Counter()
    shown = Counter()
    tally = Counter()
    steps = 0
    seed = SEED * 100000
    while time.time() < end:
        seed += 1
        r = random.Random(seed)
        walk = walks.open(Settings(application_level=level))
        runner.run(walk.begin())
        n = 0
        wanderer = Wanderer(r)
        what = None
        try:
            for _ in range(STEPS):
                steps += 1
                roll = r.random()
                if roll < 0.04:
                    s = (
                        r.choice(LEVELS),
                        r.choice(ALLOCATIONS),
                        r.choice(TAX_STRATEGIES),
                        r.choice(CLOSED_THROUGH),
                    )
                    what = ("settings", s)
                    runner.run(walk.change_settings(*s))
                    continue
                if roll < 0.07 and walk.keyed:
                    m, c = r.choice(walk.keyed)
                    c = written_otherwise(c, lambda: r.randint(0, 2))
                    what = ("replay", m, c)
                    o = runner.run(walk.send(m, c))
                    assert o.replayed
                    continue
                if roll < 0.09 and walk.keyed:
                    _, f = r.choice(walk.keyed)
                    m, c = wanderer.next(walk.books)
                    c = {**c, "idempotencyKey": f["idempotencyKey"]}
                    what = ("reuse", m, c)
                    runner.run(walk.send(m, c))
                    continue
                if roll < 0.13 and walk.delivered:
                    m, c = r.choice(walk.delivered)
                    if r.random() < 0.4 and "invoices" not in c:
                        c = {**c, ("method" if m == "recordPayment" else "description"): "another"}
                elif roll < 0.16:
                    m = "upsertAccounts"
                    number = f"A-{r.randint(1, 6)}"
                    known = walk.books.find_account({"number": number})
                    c = {
                        "accounts": [
                            {
                                "number": number,
                                "name": r.choice("xy"),
                                "currency": known.currency if known else "USD",
                            }
                        ]
                    }
                    if r.random() < 0.5:
                        c = twisted(r, walk.books, m, c)
                else:
                    for _ in range(9):
                        m, c = wanderer.next(walk.books)
                        if "nothing~1" not in str(c) and (
                            m not in ("postInvoice", "cancelCreditMemo", "postCreditMemo")
                            or r.random() < 0.2
                            or any(
                                d.status == "DRAFT"
                                for d in [*walk.books.invoices.values(), *walk.books.memos.values()]
                            )
                        ):
                            break
                    if r.random() < 0.25:
                        c = twisted(r, walk.books, m, c)
                manner = r.choice(MANNERS)
                if "keyed" in manner:
                    c = {**c, "idempotencyKey": f"key-{n}"}
                what = (manner, m, c)
                send = walk.rehearse_and_send if "rehearsed" in manner else walk.send
                o = runner.run(send(m, c))
                ok = isinstance(o, Accepted)
                n += ok and "keyed" in manner
                tally[m, "ok" if ok else "no"] += 1
            what = "finish"
            runner.run(walk.finish())
        except Exception as e:
            text = f"{type(e).__name__}: {e}"
            kind = (what[1] if what != "finish" else what, text[:90])
            faults[kind] += 1
            shown[kind[0]] += 1
            if faults[kind] == 1 and shown[kind[0]] <= 6:
                print(
                    "=" * 30,
                    seed,
                    level,
                    walk.books.level,
                    walk.books.tax_strategy,
                    walk.books.closed_through,
                )
                pprint.pprint(what, width=150)
                print(text[:1500])
                if not isinstance(e, AssertionError):
                    traceback.print_exc()
    print("STEPS", steps, "WALKS", seed - SEED * 100000, "FAULTS", sum(faults.values()))
    pprint.pprint(sorted(tally.items()), width=200, compact=True)
    pprint.pprint(faults.most_common(), width=180)
