"""The approval rate of two periods: as decided, and as the normal profile would have decided while another is on."""

from console.analytics.approval import of
from console.analytics.business import Kind, Money
from console.analytics.mix import Cell


def kind(decision: str, n: int, normal: str = "", profile: str = "normal", band: int = 4) -> Kind:
    return Kind(decision, normal or decision, profile, band, False, Money(predictions=n))


def test_as_decided() -> None:
    now = [kind("APPROVED", 80), kind("REVIEW", 10), kind("BLOCKED", 10), kind("APPROVED", 60, band=-1)]
    found = of(now, [kind("APPROVED", 90), kind("BLOCKED", 10)])
    assert found.plain.now == Cell(160, 140)
    assert found.plain.before == Cell(100, 90)
    assert [one.name for one in found.plain.segments] == ["$10 to $20", "the rest"]
    assert found.as_normal is None


def test_under_the_strict_profile_what_the_normal_one_would_have_approved_counts_beside_it() -> None:
    now = [kind("APPROVED", 70, profile="strict"), kind("REVIEW", 30, normal="APPROVED", profile="strict")]
    found = of(now, [kind("APPROVED", 100)])
    assert found.plain.change is not None
    assert round(found.plain.change, 9) == -0.3
    assert found.as_normal is not None
    assert found.as_normal.change == 0.0
    assert found.profiles == ["normal", "strict"]


def test_what_another_system_reported_is_a_segment_of_its_own() -> None:
    one = kind("APPROVED", 60)
    both = [one, one._replace(reported=True)]
    assert [part.name for part in of(both, both).plain.segments] == ["$10 to $20", "$10 to $20, reported"]
