"""The approval rate of two periods, plain and at one mix of amounts and sources, as decided and as the normal profile
would have decided. Pure.

Segments are what is known of every prediction whatever was decided: the band of its amount, and whether another system
reported it. The ticketed event and the type are not: only what went through has them, so a rate over them would lack
what was blocked. The model is none either: it is a decision of ours, whose effect an adjustment must not take out, and
one that served in one period only has no rate to compare with.
"""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from core.analytics import bands
from core.analytics.mix import Cell, Comparison, compare

NORMAL = "normal"


class Counted(Struct, frozen=True, kw_only=True):
    """Predictions of one kind in one of two periods; `profile` is '' where none was in force yet."""

    now: bool
    decision: str
    normal: str
    profile: str
    band: int
    reported: bool
    predictions: int


class Approval(Struct, frozen=True, kw_only=True):
    """The comparison as decided; as the normal profile would have decided where another one was in force."""

    plain: Comparison
    as_normal: Comparison | None
    profiles: list[str]


def of(counted: Iterable[Counted]) -> Approval:
    """The approval rate of the predictions of two periods."""
    rows = list(counted)
    profiles = sorted({one.profile for one in rows} - {""})
    is_other = any(name != NORMAL for name in profiles)
    return Approval(
        plain=compared(rows, is_normal=False),
        as_normal=compared(rows, is_normal=True) if is_other else None,
        profiles=profiles,
    )


def compared(rows: Iterable[Counted], *, is_normal: bool) -> Comparison:
    """The comparison over segments, in the order of their bands."""
    cells: dict[bool, dict[tuple[bool, int], Cell]] = {True: defaultdict(Cell), False: defaultdict(Cell)}
    for one in rows:
        is_approved = (one.normal if is_normal else one.decision) == "APPROVED"
        key = one.reported, one.band
        cells[one.now][key] = cells[one.now][key].plus(Cell(one.predictions, one.predictions * is_approved))
    keys = sorted({*cells[True], *cells[False]})
    now, before = ({segment(*key): cells[side].get(key, Cell()) for key in keys} for side in (True, False))
    return compare(now, before)


def segment(reported: bool, band: int) -> str:
    """What a segment is called."""
    return f"{bands.name(band)}, reported" if reported else bands.name(band)
