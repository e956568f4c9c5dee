"""The middle stage: one try at one channel, outside any transaction; what it comes to as a value, secrets taken out."""

from typing import Any, NamedTuple

from alerts.notify.channel import Kind, Permanent, Receipt, Transient
from alerts.notify.http_transport import Wire
from alerts.notify.message_format import harmless, one_line
from core import log
from core.alerting.notification import Notice


class Delivered(NamedTuple):
    """The receiver has the message."""

    receipt: Receipt


class RetryLater(NamedTuple):
    """Another try can help, after `retry_after` seconds where the receiver said so."""

    reason: str
    retry_after: float | None = None


class PermanentFailure(NamedTuple):
    """Another try cannot help."""

    reason: str


Outcome = Delivered | RetryLater | PermanentFailure


def attempt(notice: Notice, kind: Kind, parameters: Any, wire: Wire) -> Outcome:
    """Send once. Kinds get harmless notices unless they ask for raw ones.

    A fault in a channel's code counts as RetryLater: it costs this message its time, never the worker.
    """
    try:
        if missing := kind.missing(parameters, wire):
            return PermanentFailure(f"not configured: {', '.join(missing)}")
        said = notice if getattr(kind, "RAW", False) else harmless(notice)
        receipt = kind.send(said, parameters, wire)
    except Permanent as error:
        return PermanentFailure(one_line(wire.clean(str(error))))
    except Transient as error:
        return RetryLater(one_line(wire.clean(str(error))), error.retry_after)
    except Exception as error:
        words = one_line(wire.clean(f"{error.__class__.__name__}: {error}"))
        log.get("delivery").error("a channel failed in an unexpected way", channel=parameters.name, why=words)
        return RetryLater(words)
    return Delivered(Receipt(wire.clean(receipt.id), receipt.status, wire.clean(receipt.detail)))
