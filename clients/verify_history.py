"""Checks the chains of an exported history without the service: this file and Python 3.11, nothing else.

    python verify_history.py history.jsonl [earlier.jsonl]

A dash stands for standard input. Follows the chain of every document from what stands there back to its beginning. With an earlier export: what that one
had is still there, unaltered. Exit code 0: every chain holds; 1: the first difference of each document that differs.
"""

import hashlib
import json
import sys
from collections import defaultdict
from itertools import groupby, pairwise

PART = 1_000
"""New and changed rows of which one link tells, at most."""


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def documents(path):
    """Each document's header, rows and links."""
    found, kind, value, count = None, "", 0, -1
    with open(0 if path == "-" else path, encoding="utf-8") as file:
        for line in file:
            [(kind, value)] = json.loads(line).items()
            count += 1
            if kind == "document":
                if found:
                    yield found
                found = (value, [], [])
            elif kind == "row":
                found[1].append(value)
            elif kind == "link":
                found[2].append(value)
    if (kind, value) != ("lines", count):
        sys.exit(f"{path} is not whole")
    if found:
        yield found


def breaks(header, rows, links, earlier=None):
    """Where the links do not hang together, or do not seal what stands there."""
    end = links[-1] if links else {"version": 0, "hash": None}
    if (header["version"], header["hash"]) != (end["version"], end["hash"]):
        yield "the end of its history is missing"
    if earlier and earlier not in [(link["version"], link["hash"]) for link in links]:
        yield f"version {earlier[0]} is not what it was in the earlier export"
    for before, link in pairwise([{"version": "nothing", "hash": None}, *links]):
        if link["previous_hash"] != before["hash"]:
            yield f"version {link['version']} does not follow {before['version']}"
    state = {(table, row.get("id") or row["position"]): dict(row) for table, row in rows}
    names, logged = {str(key[1]): key for key in state}, defaultdict(set)
    for key, row in state.items():
        logged[row.get("log_id")].add(key)
    for _, parts in reversed([(_, list(parts)) for _, parts in groupby(links, lambda link: link["version"])]):
        try:
            told = [json.loads(link["changes"]) for link in parts]
        except ValueError:
            yield f"version {parts[0]['version']} cannot be read"
            return
        changed = {id: columns for each in told for id, columns in each.get("changed", {}).items()}
        added = {names[id] for each in told for id in each.get("added", ()) if id in names}
        is_first = parts[0]["kind"] != "CHANGED"
        new = set(state) if is_first else (logged[parts[0]["log_id"]] | added) & state.keys()
        sealed = sorted(new | {names[id] for id in changed if id in names})
        if header["type"] != "entity":  # Its chain tells of changes alone.
            yield from unlike(state, names, changed)
        yield from unsealed(header["id"], parts, sealed, new, state)
        for key in new:
            del state[key]
        for id, column, (before, _) in each_of(changed):
            row = state.get(names.get(id), {})
            row[column] = before
            if not before:
                del row[column]


def each_of(changed):
    return [(id, column, values) for id, columns in changed.items() for column, values in columns.items()]


def unlike(state, names, changed):
    """Values that are not what the last change of them left."""
    for id, column, (_, after) in each_of(changed):
        value = state.get(names.get(id), {}).get(column)
        if canonical(value or None) != canonical(after or None):
            yield f"{id} {column} was left as {after}, and is {value}"


def unsealed(document, parts, sealed, new, state):
    """Which links of one version are not over the rows that are new in it."""
    for number, link in enumerate(parts):
        part = sealed if len(parts) == 1 else sealed[number * PART : (number + 1) * PART]
        rows = [[key[0], state[key]] for key in part if key in new]
        place = [link["previous_hash"] or "", document, link["version"], link["part"], link["kind"]]
        command = [link["log_id"] or "", link["operation"] or "", link["recorded_by"], link["recorded_at"]]
        text = canonical([*place, *command, rows]) + "\n" + link["changes"]
        if hashlib.sha256(text.encode()).hexdigest() != link["hash"]:
            yield f"version {link['version']}: the seal is over something else than {[key[1] for key in part][:9]}"


def main(path, earlier=None):
    known = (
        {header["id"]: (header["version"], header["hash"]) for header, _, _ in documents(earlier)}
        if earlier
        else {}
    )
    broken = count = 0
    for header, rows, links in documents(path):
        count += 1
        for difference in breaks(header, rows, links, known.pop(header["id"], None)):
            broken += 1
            print(f"{header['type']} {header['number'] or header['id']}: {difference}")
            break
    for id in known:
        print(f"{id} is missing: the earlier export has it")
    print(f"{count - broken} of {count} chains hold")
    return 1 if broken or known else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
