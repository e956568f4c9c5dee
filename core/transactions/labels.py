"""Labels as they are handed in: one shape for JSON, files and the console, validated, every bad one named. Pure.

A label says what a transaction really was. An analyst may be `unsure`, and so is a file of a dispute that is open: that
is kept with its comment but never counts. Of the sources a chargeback outranks an appeal, an appeal an analyst; within
a source the newest counts.
"""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from core.errors import BadInput
from core.events import types as events
from core.events.base import Key, LabelSource, Line, Name
from core.events.senders import OWN, said_by

LabelWord = Literal["fraud", "legit", "unsure"]
SOURCES = ("chargeback", "appeal", "analyst")
WORDS = ("fraud", "legit", "unsure")


class LabelIn(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One label of a request. `id` makes it count once; without a `timestamp` it is said now.

    `actor` is who said so, where that is another than the caller.
    """

    transaction_id: Key
    label: LabelWord
    source: LabelSource
    timestamp: str | float | None = None
    comment: Line | None = None
    actor: Name | None = None
    id: Key | None = None


class Given(Struct, frozen=True, kw_only=True):
    """A valid label: what one source says of one transaction at a time (epoch seconds).

    `dated` tells that the time was given, not filled in; `key` is the idempotency key, apart by `sender`. A `label` of
    None withdraws.
    """

    transaction_id: str
    source: LabelSource
    label: LabelWord | None
    at: float
    actor: str | None = None
    comment: str | None = None
    dated: bool = True
    key: str | None = None
    sender: str = OWN


class BadLabel(Struct, frozen=True):
    """Why one label was not taken; `index` counts from 0 in a body, `row` is the line of a file (1 is the header)."""

    field: str
    reason: str
    index: int | None = None
    row: int | None = None


def given(item: LabelIn, now: float, actor: str, ahead: float, key: str | None = None) -> Given:
    """The label of a request, said now when it has no time. Raises BadInput naming the field."""
    return Given(
        transaction_id=item.transaction_id,
        source=item.source,
        label=item.label,
        at=events.when(item.timestamp, now, ahead),
        actor=item.actor or actor,
        comment=(item.comment or "").strip() or None,
        dated=item.timestamp is not None,
        key=item.id or key,
    )


def sent(good: list[Given], sender: str) -> list[Given]:
    """The labels as `sender` sent them: whom it names as the actor stays told from that person's own labels."""
    return [msgspec.structs.replace(one, sender=sender, actor=said_by(one.actor, sender)) for one in good]


_one = msgspec.json.Decoder(LabelIn)
_any = msgspec.json.Decoder()


def parse(
    body: bytes, now: float, actor: str, *, most: int, ahead: float, header_key: str | None = None
) -> tuple[list[Given], list[BadLabel]]:
    """The good labels of a JSON body (one, a list, or `{"labels": [...]}`) and the bad ones, in the body's order.

    Raises BadInput when the body as a whole is not acceptable.
    """
    good: list[Given] = []
    bad: list[BadLabel] = []
    for index, raw in enumerate(_items(body, most)):
        try:
            key = f"{header_key}:{index}" if header_key else None
            good.append(given(_sure(_decode(raw)), now, actor, ahead, key))
        except BadInput as error:
            bad.append(BadLabel(error.field, error.reason, index=index))
    return good, bad


def _sure(item: LabelIn) -> LabelIn:
    if item.label == "unsure" and item.source != "analyst":
        raise BadInput("$.label", f"only analysts can use unsure, not the source {item.source!r}")
    return item


def _decode(raw: bytes) -> LabelIn:
    try:
        return _one.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason, _, place = str(error).partition(" - at ")
        raise BadInput(place.strip("`") or "$", reason.replace("`", "'")) from None


def _items(body: bytes, most: int) -> list[bytes]:
    try:
        whole: Any = _any.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("$", f"the body is not JSON: {error}") from None
    if isinstance(whole, dict) and "labels" in whole and "label" not in whole:
        whole = whole["labels"]
        if not isinstance(whole, list):
            raise BadInput("$.labels", "expected a list of labels")
    items = whole if isinstance(whole, list) else [whole]
    if not items:
        raise BadInput("$", "the body contains no labels")
    if len(items) > most:
        raise BadInput("$", f"{len(items)} labels in one body; at most {most} are accepted")
    return [msgspec.json.encode(item) for item in items]
