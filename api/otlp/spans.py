"""What is read of a span, whatever its body is written in, and which attributes matter. Pure."""

from typing import Any, NamedTuple

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
USERS = ("enduser.id", "user.name", "user.id")  # the first that there is
OF_USER = frozenset(USERS)
EXCEPTION, EXCEPTION_TYPE = "exception", "exception.type"
EXCEPTION_MESSAGE, EXCEPTION_STACK = "exception.message", "exception.stacktrace"
OF_EVENT = frozenset({EXCEPTION_TYPE, EXCEPTION_MESSAGE, EXCEPTION_STACK})
MOST_STACK = 200_000  # bytes of a stack that are read
MOST_ATTRIBUTES = 1_000  # of a span, a resource or an event; what comes after is not read
MOST_EVENTS = 128  # of a span; so is what comes after


class Recorded(NamedTuple):
    """An exception that a span recorded, as its event has it."""

    type: str
    message: str
    stacktrace: str

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Recorded":
        """From the attributes of the event."""
        return cls(*(str(given.get(name, "")) for name in (EXCEPTION_TYPE, EXCEPTION_MESSAGE, EXCEPTION_STACK)))


class Span(Struct, gc=False):
    """A server span with the attributes that matter; times in nanoseconds of the epoch, 0 where there is none.

    `failed`: its status is an error. `exception` is the type of the last exception it recorded, `recorded` are all.
    """

    service: str
    version: str
    start: int
    end: int
    attributes: dict[str, Any]
    failed: bool
    exception: str
    recorded: tuple[Recorded, ...] = ()
