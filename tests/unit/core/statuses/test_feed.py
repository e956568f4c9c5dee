"""A source that comes in minute by minute is judged as its history would be; names are learnt, silence is told."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from api import status_preview as preview
from api.status_preview import Steps
from core.errors import BadInput
from core.statuses import episode, feed, feed_codec
from core.statuses.detector.episodes import Episode
from core.statuses.feed import CODE, NOTHING, OTHER, STATUS, Counts, Feed
from core.statuses.history import History
from statuses.playback import play

FIRST = 29_000_000
NAMES = ("approved", "denied", "failed")


def counts(minutes: int = 150, seed: int = 1) -> np.ndarray:
    """Usual counts by status and minute, with many denied from minute 80 to 99."""
    mean = np.repeat(np.array([60.0, 5.0, 0.05])[:, None], minutes, axis=1)
    mean[1, 80:100] *= 6
    return np.random.default_rng(seed).poisson(mean).astype(np.float32)


def minute(column: Iterable[float], kind: int = STATUS) -> Counts:
    given = {name: float(count) for name, count in zip(NAMES, column, strict=True) if count}
    return Counts(given, None) if kind == STATUS else Counts(None, given)


def fed(given: Iterable[Counts], source: Feed | None = None) -> tuple[Feed, list[Episode]]:
    """The source after these minutes, and its episodes."""
    now, over = source or feed.start(FIRST - 1), list[Episode]()
    for one in given:
        now, _, finished = feed.advance(now, now.at + 1, one)
        over += finished
    return now, over + now.episodes()


@pytest.fixture(scope="module")
def past() -> np.ndarray:
    return counts()


def told(found: list[Episode]) -> list[tuple[int, int, int | None]]:
    return [(one.onset, one.fired, one.ended) for one in found]


def test_it_comes_to_what_the_history_comes_to(past: np.ndarray) -> None:
    played = play(History("x", NAMES, FIRST, past))
    source, found = fed(minute(column) for column in past.T)
    assert told(found) == told(played.episodes)
    assert len(found) == 1
    assert source.label(found[0].alarms[0].series) == ("status", "denied")
    at = [source.column(STATUS, name) for name in NAMES]
    np.testing.assert_array_equal(source.state.composition[:, at], played.state.composition)


def test_its_state_as_bytes_goes_on_where_it_was(past: np.ndarray) -> None:
    given = [minute(column) for column in past.T]
    half, _ = fed(given[:90])  # in the midst of an episode
    again = feed_codec.decode(feed_codec.encode(half))
    one, two = fed(given[90:], half), fed(given[90:], again)
    assert feed_codec.encode(one[0]) == feed_codec.encode(two[0])
    assert told(one[1]) == told(two[1])
    assert half.state.bytes_a_series() <= 300


@pytest.mark.parametrize("data", [b"", b"x", b"\x91\x02", feed_codec.encode(feed.start(1))[:-9]])
def test_bytes_that_are_no_state_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        feed_codec.decode(data)


def test_a_code_that_nobody_has_seen_is_judged_without_history(past: np.ndarray) -> None:
    given = [Counts(None, {"00": 60.0, "51": 5.0}) for _ in range(60)]
    quiet, found = fed(given)
    assert found == []
    source, (one,) = fed([Counts(None, {"00": 60.0, "51": 5.0, "91": 12.0})] * 4, quiet)
    assert source.label(one.alarms[0].series) == ("code", "91")
    assert one.fired - FIRST <= 62


def test_names_beyond_the_bound_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MOST", 3)
    source, _ = fed([Counts({f"status {n}": 1.0 for n in range(9)}, None)] * 2)
    assert source.names == ((STATUS, "status 0"), (STATUS, "status 1"), (STATUS, "status 2"), (STATUS, OTHER))


def test_a_silence_is_told_after_three_minutes_and_is_no_zero(past: np.ndarray) -> None:
    source, _ = fed(minute(column) for column in past.T[:70])
    silent, (one,) = fed([NOTHING] * 12, source)
    assert (one.onset, one.fired, one.told) == (FIRST + 70, FIRST + 72, None)
    assert [silent.label(alarm.series) for alarm in one.alarms] == [("silence", "")]
    _, (one,) = fed([minute(past.T[70])], silent)
    assert one.told == FIRST + 82


def test_a_source_that_seldom_reports_was_zero_and_not_silent() -> None:
    source, found = fed([Counts({"approved": 1.0}, None) if n % 5 == 0 else NOTHING for n in range(120)])
    assert found == []
    assert source.state.source.typical[STATUS] < 0.5


def test_a_look_at_a_minute_changes_nothing_and_says_what_the_minute_will(past: np.ndarray) -> None:
    given = {FIRST + n: minute(column) for n, column in enumerate(past.T)}
    source = preview.caught_up(feed.start(FIRST - 1), FIRST + 83, given, Steps())
    before = feed_codec.encode(source)
    came = given[FIRST + 83]
    looked = [preview.look(Steps().after(source, FIRST + 83, came), came) for _ in range(2)]
    assert looked[0].series == looked[1].series
    assert feed_codec.encode(source) == before
    denied = looked[0].series[STATUS, "denied"]
    assert denied.alerts
    assert denied.evidence >= looked[0].line
    assert given[FIRST + 83].statuses is not None
    assert denied.high < given[FIRST + 83].statuses["denied"]  # type: ignore[index]
    assert not looked[0].series[STATUS, "approved"].alerts
    assert looked[0].episode is not None


def test_a_minute_is_judged_again_only_when_something_about_it_changed(past: np.ndarray) -> None:
    source, _ = fed(minute(column) for column in past.T[:70])
    came, more = minute(past.T[70]), Counts({"approved": 99.0}, None)
    steps, at = Steps(), FIRST + 70
    first = steps.after(source, at, came)
    assert steps.after(source, at, Counts(*came)) is first
    assert preview.caught_up(source, at + 1, {at: came}, steps) is first.feed
    for changed in ((source, at, more), (source, at + 1, came), (replace(source), at, came), (source, at, came, 99)):
        assert steps.after(*changed) is not first
        assert feed_codec.encode(steps.after(*changed).feed) == feed_codec.encode(Steps().after(*changed).feed)
    assert feed_codec.encode(steps.after(source, at, came).feed) == feed_codec.encode(first.feed)


def test_what_is_expected_follows_the_total(past: np.ndarray) -> None:
    source, _ = fed(minute(column) for column in past.T[:70])
    few, many = (preview.expected(source, STATUS, "denied", total) for total in (65.0, 650.0))
    assert few is not None
    assert many == pytest.approx(10 * few)
    assert 5 < few < 12
    assert preview.expected(source, CODE, "51", 65.0) is None


def test_a_word_renews_the_level_and_rest_forgets_what_was_suspicious(past: np.ndarray) -> None:
    source, _ = fed(minute(column) for column in past.T[:90])
    _, (one,) = fed([minute(past.T[90])], feed.renewed(source))
    assert one.alarms[0].new_normal
    rested = feed.rested(source, FIRST + 5000)
    assert rested.episodes() == []
    _, found = fed([minute(column) for column in past.T[:20]], rested)
    assert found == []


def test_the_headline_says_it_in_one_line() -> None:
    moved = episode.Moved("status", "denied", 1, 7.5, 31.0, 8.0, 31.0, 14.5, FIRST, FIRST + 3)
    code = episode.Moved("code", "51", 1, 3.0, 20.0, 3.0, 20.0, 13.0, FIRST, FIRST + 3)
    found = episode.headline([moved, code], {"approved": -23.4}, "16:23", "at gateway B")
    assert found.startswith("denied 4.1 × usual since 16:23 (31/min, usual 7.5), approved −23 points, mostly code 51")
    assert found.endswith(", at gateway B, p < 1e-6")
    silence = episode.Moved("silence", "", -1, 60.0, 0.0, 0, 0, 12.8, FIRST, FIRST + 2)
    assert episode.headline([silence], {}, "16:23") == "no rows since 16:23: the feed is silent"
