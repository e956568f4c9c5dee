"""An open episode that happens now pages, once a source; a replay never does, nor a volume within its calendar."""

from typing import Any

import pytest

from alerts.evaluate import ruleset
from alerts.evaluate.rules.status import Parameters, check, judge, only, readings
from core import settings
from core.statuses.episode import Evidence, Moved, Stored
from core.statuses.store import Known

NOW = 1_750_000_000.0
AT = int(NOW // 60)


def episode(kind: str = "status", **given: Any) -> Stored:
    moved = Moved(kind, "denied", 1, 7.5, 31.0, 8.0, 31.0, 14.5, AT - 5, AT - 3)  # type: ignore[arg-type]
    values: dict[str, Any] = {"told": None, "pages": True, "live": True, **given}
    evidence = Evidence("denied 4.1 × usual since 16:23", [moved], 12.8)
    return Stored("e1", "shop", AT - 5, AT - 3, None, evidence=evidence, **values)


def source(**given: Any) -> Known:
    values: dict[str, Any] = {"first": AT - 600, "newest": AT, "received_at": NOW, "judged": AT - 1, **given}
    return Known("shop", **values)


def state(episodes: list[Stored], known: list[Known], series: frozenset[str] = frozenset()) -> Any:
    found = readings(episodes, known, series, NOW, 300.0)
    return {one.series: judge(one, Parameters()).state for one in found}


def test_an_open_episode_is_bad_and_says_what_moved() -> None:
    (found,) = readings([episode()], [source()], frozenset(), NOW, 300.0)
    assert judge(found, Parameters()).state == "bad"
    assert (found.value, found.details["headline"]) == (14.5, "denied 4.1 × usual since 16:23")
    assert found.details["moved"][0]["name"] == "denied"


@pytest.mark.parametrize("given", [{"told": AT}, {"live": False}, {"pages": False}])
def test_what_is_over_or_long_past_or_informs_only_is_good(given: dict[str, Any]) -> None:
    assert state([episode(**given)], [source()]) == {"shop": "good"}


def test_what_is_muted_is_told_by_what_moved() -> None:
    assert only(episode("volume"), {"volume"})
    assert not only(episode("silence"), {"volume"})
    assert only(episode("silence"), {"volume", "silence"})
    assert not only(episode(), {"volume", "silence"})


def test_a_source_that_nobody_judges_is_missing_data() -> None:
    assert state([], [source(judged=AT - 30)]) == {"shop": "no_data"}
    assert state([], [source(judged=AT - 30, received_at=NOW - 3600)], series=frozenset({"shop"})) == {"shop": "good"}


def test_the_calendar_must_exist_and_the_shipped_one_does() -> None:
    known = settings.load({})
    assert check(Parameters(quiet_volume="none"), known) == ["quiet_volume: windows.toml has no calendar 'none'"]
    (rule,) = [one for one in ruleset.load(known).rules if one.config.kind == "status"]
    assert rule.parameters.quiet_volume == "event_launches"
