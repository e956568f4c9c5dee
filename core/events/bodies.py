"""The items of a request body of events, each still as it was sent, and what is wrong with one. Pure."""

import msgspec

from core import codec
from core.errors import BadInput

_raws = msgspec.json.Decoder(list[msgspec.Raw])
_any = msgspec.json.Decoder()


def items(body: bytes, most: int) -> list[msgspec.Raw]:
    """One event, a list, or `{"events": [...]}`. Raises BadInput for none and for more than `most`."""
    try:
        body = codec.unmarked(body)
        start = body.lstrip()[:1]
        if start == b"[":
            raws = _raws.decode(body)
        else:
            whole = _any.decode(body)
            if not isinstance(whole, dict):
                raise BadInput("$", 'expected an event, a list of events, or {"events": [...]}')
            if "events" in whole and "kind" not in whole:
                if not isinstance(whole["events"], list):
                    raise BadInput("$.events", "expected a list of events")
                raws = [msgspec.Raw(msgspec.json.encode(item)) for item in whole["events"]]
            else:
                raws = [msgspec.Raw(body)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("$", f"the body is not JSON: {error}") from None
    if not raws:
        raise BadInput("$", "the body contains no events")
    if len(raws) > most:
        raise BadInput("$", f"{len(raws)} events in one body; at most {most} are accepted")
    return raws


def wrong(message: str) -> tuple[str, str]:
    """The field that a message of msgspec is about, and what it says of it."""
    reason, _, path = message.rpartition(" - at `")
    field = path.rpartition(" in `")[2].rstrip("`") if reason else _missing(message)
    said = reason or message
    return field, "contains characters that are not allowed here" if "matching regex" in said else said


def _missing(message: str) -> str:
    """The field that a message of the form `Object missing required field `x`` is about."""
    parts = message.split("`")
    return f"$.{parts[1]}" if len(parts) >= 3 and "missing" in message else "$"
