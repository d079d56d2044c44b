"""Headers that tell a browser to do as little as possible with an answer."""

SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer that does not say otherwise itself, as GraphiQL's page does of its scripts.

Strict-Transport-Security is not among them: the service speaks plain HTTP, and who speaks TLS for it knows for which
names and how long.
"""

CAUTION = tuple((name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items())
"""The same as ASGI sends them."""
