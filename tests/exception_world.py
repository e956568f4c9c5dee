"""Exceptions as processes report them, for tests."""

from typing import Any

from core.events.performance.exception import Cause, ExceptionReport
from core.events.stack_trace import Frame


def frames(*functions: str, line: int = 1) -> list[Frame]:
    """A stack of own functions, the outermost first."""
    return [
        Frame(name, "shop.cart", "shop/cart.py", line + at, True, f"{name}(order)") for at, name in enumerate(functions)
    ]


def report(key: str, at: float, *functions: str, **more: Any) -> ExceptionReport:
    """One report, as it is stored."""
    given: dict[str, Any] = {"type": "ValueError", "message": f"no order {key}", "route": "/cart/<id>", "method": "GET"}
    given |= {"service": "shop", "version": "1.0", **more}
    made = ExceptionReport(id=key, timestamp=at, frames=frames(*(functions or ("view", "total"))), **given)
    made.complete()
    return made


__all__ = ["Cause", "frames", "report"]
