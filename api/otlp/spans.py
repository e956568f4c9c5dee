"""What is read of a span, whatever its body is written in, and which attributes matter. Pure."""

from typing import Any

from msgspec import Struct

SERVER = 2  # SPAN_KIND_SERVER
ERROR = 2  # STATUS_CODE_ERROR
SERVICE, VERSION = "service.name", "service.version"
ROUTE = "http.route"
METHOD, OLD_METHOD = "http.request.method", "http.method"
STATUS, OLD_STATUS = "http.response.status_code", "http.status_code"
ERROR_TYPE = "error.type"
OF_RESOURCE = frozenset({SERVICE, VERSION})
OF_SPAN = frozenset({ROUTE, METHOD, OLD_METHOD, STATUS, OLD_STATUS, ERROR_TYPE})
EXCEPTION, EXCEPTION_TYPE = "exception", "exception.type"
OF_EVENT = frozenset({EXCEPTION_TYPE})
MOST_ATTRIBUTES = 1_000  # of a span, a resource or an event; what comes after is not read
MOST_EVENTS = 128  # of a span; so is what comes after


class Span(Struct, gc=False):
    """A server span with the attributes that matter; times in nanoseconds of the epoch, 0 where there is none.

    `failed`: its status is an error. `exception` is the type of the last exception it recorded.
    """

    service: str
    version: str
    start: int
    end: int
    attributes: dict[str, Any]
    failed: bool
    exception: str
