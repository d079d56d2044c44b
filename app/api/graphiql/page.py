"""The routes of GraphiQL: a page without inline script, and nothing from any other host."""

import html
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

HERE = Path(__file__).parent
ASSETS = HERE / "assets"
EXAMPLES = HERE / "examples.json"

# Monaco writes style elements, hence 'unsafe-inline' for styles; scripts and workers are files of this origin.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# A page shows what the service is now; an asset's name holds a hash of its content, so it never changes.
REVALIDATED = "no-cache"
IMMUTABLE = "public, max-age=31536000, immutable"

# Only what the build makes: the platform's own table may lack a type or, on some desktops, have a wrong one.
MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain",
}

NOT_BUILT = """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>GraphiQL is not built</title></head>
  <body>
    <h1>GraphiQL is not built</h1>
    <p>Run <code>make graphiql</code> in the checkout (it needs Node.js 20 or newer, or PyPI to get one) and load
    this page again. The API itself is ready at <code>{endpoint}</code>.</p>
  </body>
</html>
"""


def graphiql_routes(endpoint_path: str = "/graphql") -> list[BaseRoute]:
    """The routes below /graphiql, for an API that answers POST requests at `endpoint_path`."""

    def page(request: Request) -> Response:
        return _page(request, endpoint_path)

    return [
        Route("/graphiql", page),
        Route("/graphiql/examples.json", _examples),
        Route("/graphiql/assets/{name}", _asset),
    ]


def _page(request: Request, endpoint_path: str) -> Response:
    built = ASSETS / "index.html"
    endpoint = html.escape(endpoint_path)
    if not built.is_file():
        content = NOT_BUILT.replace("{endpoint}", endpoint)
        return HTMLResponse(content, status_code=503, headers=_headers("no-store"))
    content = built.read_text(encoding="utf-8").replace("{endpoint}", endpoint)
    return _revalidated(request, content.encode(), "text/html")


def _examples(request: Request) -> Response:
    return _revalidated(request, EXAMPLES.read_bytes(), "application/json")


def _asset(request: Request) -> Response:
    """One built file. The build's gzipped copy goes to whoever accepts it: the large script is 1.3 MB then, not 4.8."""
    # Looked up among the files there are, so that no name a stranger sends is ever opened.
    path = next((file for file in ASSETS.glob("*") if file.name == request.path_params["name"]), None)
    media_type = MEDIA_TYPES.get(path.suffix) if path else None
    if path is None or media_type is None:
        return PlainTextResponse("Not Found", status_code=404, headers=_headers("no-store"))
    headers = _headers(IMMUTABLE) | {"Vary": "Accept-Encoding"}
    compressed = path.with_name(f"{path.name}.gz")
    if compressed.is_file() and _accepts_gzip(request):
        path = compressed
        headers["Content-Encoding"] = "gzip"
    headers["ETag"] = f'"{path.name}"'
    if _is_fresh(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type=media_type, headers=headers)


def _revalidated(request: Request, content: bytes, media_type: str) -> Response:
    headers = _headers(REVALIDATED) | {"ETag": f'"{sha256(content).hexdigest()[:32]}"'}
    if _is_fresh(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _headers(cache_control: str) -> dict[str, str]:
    # A worker obeys the policy that its own script came with, so every answer carries it.
    return {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Cache-Control": cache_control,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _accepts_gzip(request: Request) -> bool:
    """Whether gzip is named and not refused by a quality of zero (RFC 9110, 12.5.3)."""
    for offer in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, parameter = offer.partition(";")
        if coding.strip() == "gzip":
            return parameter.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _is_fresh(request: Request, entity_tag: str) -> bool:
    offered = request.headers.get("if-none-match", "")
    # Compared weakly (RFC 9110, 13.1.2): a proxy that compresses turns a tag into a weak one.
    return entity_tag in {tag.strip().removeprefix("W/") for tag in offered.split(",")}
