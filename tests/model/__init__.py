"""An independent model of the books, written from the domain page alone; it imports nothing of the service.

How a state machine uses it, with `books = Books(level)`, `identities = Identities()` and a `Wanderer` (or its own
strategies) that speaks in handles:

1. `mutation, command = wanderer.next(books)`; send `identities.to_service(command)` to the service as `input`.
2. `outcome = books.run(mutation, command)`. `Refused`: the service refuses too, and its first code is in `outcome.codes`.
   `Accepted`: `identities.bind_all(outcome.applications, payload["applications"])` and so on, each kind in payload order.
3. Read every document with the `selections`, under its handle; `identities.learn(books, observed)` finds the
   ids of lines, tax items and line rows; then `differences(books, observed)`, `invariants(observed)` and
   `learn_versions(books, observed)` are all empty.
4. A dry run: `books.preview(mutation, command)` gives the books it would lead to; compare its payload with those.
"""
