"""WSGI and ASGI callables of no framework."""

from typing import Any

import gatehouse_client


def plain_wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


async def plain_asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


def first_part(held: dict[str, Any]) -> str:
    """The first part of the path is enough of a route here."""
    return "/" + (held.get("PATH_INFO") or held["path"]).split("/")[1]


wsgi = gatehouse_client.bind(plain_wsgi, service="plain", interval=0.2, route=first_part)
asgi = gatehouse_client.bind(plain_asgi, service="plain", interval=0.2, route=first_part)
unnamed = gatehouse_client.bind(lambda environ, start: plain_wsgi(environ, start), service="plain", interval=0.2)
