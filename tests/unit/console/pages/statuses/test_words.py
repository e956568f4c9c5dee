"""How an episode reads: its change, its duration, its series; and the dimensions of a row, however they are stored."""

import pytest
from msgspec.structs import replace

from console.pages.statuses import page, parts
from console.pages.statuses.reading import Shown, asked
from core.statuses.episode import Evidence, Moved, Stored, headline
from core.statuses.overview import Overview


def moved(kind: str, name: str = "denied") -> Moved:
    return Moved(kind, name, 1, 10.0, 5.0, 10.0, 33.3, 16.0, 100, 103)  # type: ignore[arg-type]


def episode(told: int | None, ended: int | None = None) -> Stored:
    return Stored("e", "shop", 100, 103, ended, told, True, True, Evidence("denied 4 × usual", [moved("status")], 12.8))


def test_a_share_changes_by_points_and_a_volume_by_percent() -> None:
    assert parts.points(moved("status")) == "+23.3 points"
    assert parts.points(moved("volume")) == "−50 %"
    assert parts.points(moved("silence", "")) == "–"


def test_an_episode_lasts_to_its_end_or_until_now() -> None:
    assert parts.lasted(episode(140, 130), 0.0) == "30 min"
    assert parts.lasted(episode(None), 160 * 60.0) == "1 h"


def test_series_and_headline_are_as_people_read_them() -> None:
    assert parts.label("code", "51") == "51 Insufficient funds"
    assert parts.label("volume", "") == "total volume"
    assert parts.finding(episode(None)) == "Denied 4 × usual"
    assert parts.seen(episode(None)) == "p < 1e-6"


def test_a_card_and_its_headline_say_the_same_chance() -> None:
    both = [replace(moved("code", "51"), nats=20.0), moved("status")]
    stronger = replace(episode(None), evidence=Evidence(headline(both, {}, "16:23"), both, 12.8))
    assert stronger.evidence.headline.endswith(parts.seen(stronger))


@pytest.mark.parametrize("text", ['{"gateway":"B","country":"DE"}', '"gateway":"B","country":"DE"'])
def test_dimensions_are_tags(text: str) -> None:
    assert page.dimensions(text) == ["gateway B", "country DE"]


def test_odd_dimensions_are_shown_as_they_are() -> None:
    assert page.dimensions("not json") == ["not json"]
    assert page.dimensions("") == []


def test_the_address_keeps_only_what_is_not_usual() -> None:
    assert asked({"range": "9y", "by": "x"}).query() == ""
    assert asked({"source": "a b", "range": "6h"}).query(series="code:51") == "?source=a+b&range=6h&series=code%3A51"


def test_episodes_of_another_source_shade_no_chart() -> None:
    found = Shown(0.0, asked({}), Overview(now=0.0, sources=[], source="other"), open=[episode(None)])
    assert found.spans == []
    found.overview = Overview(now=0.0, sources=[], source="shop")
    assert [one.start for one in found.spans] == [100 * 60_000]
