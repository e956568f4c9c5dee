"""When a deploy is compared, and which minutes are."""

from collector.deploys import Due, Span, due, minutes_of, sides
from core.endpoints.histogram import encode
from core.performance_config import DeploysConfig

CONFIG = DeploysConfig(before=60, looks=(3, 9, 30))
AT = 1000 * 60 + 25.0


def deploy(next_at: float | None = None, last_at: float | None = None) -> Due:
    return Due(1, "shop", "v2", AT, 0, next_at, last_at)


def test_a_look_is_due_when_its_minutes_are_over_and_their_events_here() -> None:
    ends = 1003 * 60
    assert [due(deploy(), CONFIG, now) for now in (ends, ends + 20, ends + 6 * 60 + 20, ends + 86_400)] == [0, 1, 2, 3]


def test_what_went_before_is_an_hour_or_since_the_deploy_before() -> None:
    assert minutes_of(deploy(), CONFIG, 9, True) == Span(940, 1000, 1009)
    assert minutes_of(deploy(last_at=970 * 60.0), CONFIG, 9, True) == Span(970, 1000, 1009)
    assert minutes_of(deploy(last_at=970 * 60.0), CONFIG, 9, False) == Span(971, 1000, 1009)
    assert minutes_of(deploy(last_at=990 * 60.0), CONFIG, 9, True) == Span(940, 1000, 1009), "too short to compare with"


def test_by_time_the_next_deploy_ends_what_came_after() -> None:
    assert minutes_of(deploy(next_at=1004 * 60.0), CONFIG, 9, False).after == 1004
    assert minutes_of(deploy(next_at=1004 * 60.0), CONFIG, 9, True).after == 1009


def test_minutes_belong_to_a_side_by_version_or_by_time() -> None:
    rows = [
        ("/a", "GET", minute, own, failed, 1, encode({-100: 1}))
        for minute, own, failed in (
            (999, False, False), (999, True, False), (1000, False, False), (1000, True, True), (1001, True, False),
            (1001, False, False),
        )
    ]  # fmt: skip
    before, after = sides(rows, Span(940, 1000, 1009), True)
    assert (dict(before["/a", "GET"].hits), dict(after["/a", "GET"].hits)) == ({999: 1}, {1000: 1, 1001: 1})
    assert dict(after["/a", "GET"].errors) == {1000: 1}
    before, after = sides(rows, Span(940, 1000, 1009), False)
    assert after["/a", "GET"].total == 3, "of the minute of the deploy only what is of the version for sure"
    assert before["/a", "GET"].side().counts.sum() == 1
