"""Access logs as lines of JSON, as Caddy, Traefik and nginx (`log_format … escape=json`) write them, as plain fields.

Caddy and Traefik have names of their own. nginx writes what its configuration says; most call the fields as nginx calls
its variables, and these names are taken. Times to answer come in seconds from nginx and Caddy, in nanoseconds from
Traefik. Pure.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from simulator.replayer import Malformed


class Fields(NamedTuple):
    """One request in words, as an access log has them; `duration` in ms, None where the line has none."""

    host: str
    user: str
    time: str
    method: str
    path: str
    status: str
    size: str
    duration: float | None


def fields(line: str) -> Fields | None:
    """The request of one line, None where it is another message of the server. Raises Malformed."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise Malformed(f"not JSON: {line[:80]!r}") from None
    if not isinstance(said, dict):
        raise Malformed(f"not an object: {line[:80]!r}")
    if "DownstreamStatus" in said or "RequestMethod" in said:
        return _traefik(said)
    if isinstance(said.get("request"), dict):
        return _caddy(said, said["request"])
    if "logger" in said and "status" not in said:
        return None  # Caddy's other messages
    return _nginx(said)


def _traefik(said: Mapping[str, Any]) -> Fields:
    return Fields(
        _first(said, "ClientHost", "ClientAddr"),
        _first(said, "ClientUsername"),
        _first(said, "StartUTC", "time", "StartLocal"),
        _first(said, "RequestMethod"),
        _first(said, "RequestPath"),
        _first(said, "DownstreamStatus", "OriginStatus"),
        _first(said, "DownstreamContentSize", "OriginContentSize"),
        _milliseconds(said, "Duration", 1e-6),
    )


def _caddy(said: Mapping[str, Any], request: Mapping[str, Any]) -> Fields | None:
    if "status" not in said:
        return None  # a message about a request, such as an error of the handler
    return Fields(
        _first(request, "client_ip", "remote_ip", "remote_addr"),
        _first(said, "user_id"),
        _first(said, "ts", "time"),
        _first(request, "method"),
        _first(request, "uri"),
        _first(said, "status"),
        _first(said, "size"),
        _milliseconds(said, "duration", 1e3),
    )


def _nginx(said: Mapping[str, Any]) -> Fields:
    request = _first(said, "request")
    method, _, rest = request.partition(" ")
    return Fields(
        _first(said, "remote_addr", "client_ip", "remote_ip", "client"),
        _first(said, "remote_user", "user"),
        _first(said, "time_iso8601", "time_local", "msec", "timestamp", "@timestamp", "time", "ts"),
        _first(said, "request_method", "method") or method,
        _first(said, "request_uri", "uri") or rest.rpartition(" ")[0] or rest,
        _first(said, "status"),
        _first(said, "body_bytes_sent", "bytes_sent", "bytes"),
        _milliseconds(said, "request_time", 1e3),
    )


def _first(said: Mapping[str, Any], *names: str) -> str:
    """The first of these that says anything."""
    found = (said[name] for name in names if isinstance(said.get(name), (str, int, float)))
    return next((str(value) for value in found if str(value) not in ("", "-")), "")


def _milliseconds(said: Mapping[str, Any], name: str, factor: float) -> float | None:
    """How long it took, from whatever unit; None where nothing is said, or no usable number."""
    try:
        found = float(said[name]) * factor
    except (KeyError, TypeError, ValueError):
        return None
    return round(found, 3) if 0 <= found < 1e9 else None
