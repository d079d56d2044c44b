"""GraphQL over HTTP: one ASGI endpoint whose steps are plain functions, one file each.

endpoint      the order of the steps, and nothing else
request_head  host, request id, track id, idempotency key: what the headers may say
media         negotiate: which media type the answer has
body          the bytes of the request: capped, gunzipped with a cap on the output
decode        bytes or query string -> query or document id, variables, operation name, extensions
document      text -> parsed, measured and validated document, kept in a bounded cache (document_cache); the text may
              be one that is known by its id (trusted_documents)
rules         what a valid document is, and how long finding out may take
measure       the size of a document in linear time, and its limits (limits)
cost          what an operation may cost, page sizes counted
budget        what each client may spend on operations
null_inputs   corrections to Strawberry's core schema: @oneOf, and inputs that may be absent but not null
operation     what the service hands in for one request: who asks, snapshot, scope of a mutation field
execute       the operation, under a time limit, by an executor with a scope per root mutation field (executor)
errors        which errors a client may read, and the masking of all others (fault: those raised on purpose)
encode        an answer -> bytes; never raises
refusal       a request refused with a status of HTTP
middleware    what goes around the endpoint: compressed answers (compression), pages of other origins, what every_answer
              has (security_headers among it)
straight      the way of a request to the endpoint: past routes that are not its own
said_often    headers that most clients send alike, read once
overload      how many requests are under way, and whose (acquaintances: whose before that is looked up)
connection    one connection to uvicorn, and its patience with slow clients
"""
