"""The approval rate of two periods: as decided, and as the normal profile would have decided while another is on."""

from core.analytics.approval import Counted, of
from core.analytics.mix import Cell


def counted(now: bool, decision: str, n: int, normal: str = "", profile: str = "normal", band: int = 4) -> Counted:
    return Counted(
        now=now, decision=decision, normal=normal or decision, profile=profile, band=band, reported=False, predictions=n
    )  # fmt: skip


def test_as_decided() -> None:
    rows = [
        counted(True, "APPROVED", 80), counted(True, "REVIEW", 10), counted(True, "BLOCKED", 10),
        counted(False, "APPROVED", 90), counted(False, "BLOCKED", 10), counted(True, "APPROVED", 60, band=-1),
    ]  # fmt: skip
    found = of(rows)
    assert found.plain.now == Cell(160, 140)
    assert found.plain.before == Cell(100, 90)
    assert [one.name for one in found.plain.segments] == ["$10 to $20", "the rest"]
    assert found.as_normal is None


def test_under_the_strict_profile_what_the_normal_one_would_have_approved_counts_beside_it() -> None:
    rows = [
        counted(True, "APPROVED", 70, profile="strict"),
        counted(True, "REVIEW", 30, normal="APPROVED", profile="strict"),
        counted(False, "APPROVED", 100),
    ]
    found = of(rows)
    assert found.plain.change is not None
    assert round(found.plain.change, 9) == -0.3
    assert found.as_normal is not None
    assert found.as_normal.change == 0.0
    assert found.profiles == ["normal", "strict"]


def test_what_another_system_reported_is_a_segment_of_its_own() -> None:
    one = counted(True, "APPROVED", 60)
    rows = [one, Counted(**{name: getattr(one, name) for name in one.__struct_fields__} | {"reported": True})]
    rows += [Counted(**{name: getattr(row, name) for name in row.__struct_fields__} | {"now": False}) for row in rows]
    assert [part.name for part in of(rows).plain.segments] == ["$10 to $20", "$10 to $20, reported"]
