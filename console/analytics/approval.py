"""The approval rate of two periods, plain and at one mix of amounts and sources, as decided and as the normal profile
would have decided. Pure but for `between`.

Segments are what is known of every prediction whatever was decided: the band of its amount, and whether another system
reported it. The ticketed event and the type are not: only what went through has them, so a rate over them would lack
what was blocked. The model is none either: it is a decision of ours, whose effect an adjustment must not take out, and
one that served in one period only has no rate to compare with.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from console.analytics import bands, business_reads
from console.analytics.business import Kind
from console.analytics.mix import Cell, Comparison, compare
from core.analytics.periods import Span
from core.db.engine import Connection

NORMAL = "normal"


class Approval(Struct, frozen=True, kw_only=True):
    """The comparison as decided; as the normal profile would have decided where another one was in force."""

    plain: Comparison
    as_normal: Comparison | None
    profiles: list[str]


def of(now: Sequence[Kind], before: Sequence[Kind]) -> Approval:
    """The approval rate of the predictions of two periods."""
    profiles = sorted({one.profile for one in (*now, *before)} - {""})
    is_other = any(name != NORMAL for name in profiles)
    return Approval(
        plain=compared(now, before, is_normal=False),
        as_normal=compared(now, before, is_normal=True) if is_other else None,
        profiles=profiles,
    )


def between(connection: Connection, now: Span, before: Span) -> Comparison:
    """The comparison of two spans, as decided."""
    return compared(business_reads.kinds(connection, now), business_reads.kinds(connection, before), is_normal=False)


def compared(now: Iterable[Kind], before: Iterable[Kind], *, is_normal: bool) -> Comparison:
    """The comparison over segments, in the order of their bands."""
    sides = [_cells(kinds, is_normal=is_normal) for kinds in (now, before)]
    keys = sorted({*sides[0], *sides[1]})
    return compare(*({segment(*key): side.get(key, Cell()) for key in keys} for side in sides))


def _cells(found: Iterable[Kind], *, is_normal: bool) -> dict[tuple[bool, int], Cell]:
    cells: dict[tuple[bool, int], Cell] = defaultdict(Cell)
    for one in found:
        is_approved = (one.normal if is_normal else one.decision) == "APPROVED"
        count = one.money.predictions
        cells[one.reported, one.band] = cells[one.reported, one.band].plus(Cell(count, count * is_approved))
    return cells


def segment(reported: bool, band: int) -> str:
    """What a segment is called."""
    return f"{bands.name(band)}, reported" if reported else bands.name(band)
