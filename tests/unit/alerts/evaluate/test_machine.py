"""The state machine by its properties, and against a second implementation that knows only what was seen."""

import os
import random
from dataclasses import dataclass, field
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from alerts.evaluate.machine import Input, State, Timing, Transition, step
from alerts.evaluate.rule import Judgement, Limits, Reading, against

NO_FLAPS = Timing(hold=20, keep=15, no_data_after=30, reopen_after=40, flap_firings=10_000)
START = 1_800_000_000.0
JUDGEMENTS: list[Judgement] = ["bad", "good", "between", "no_data", "error"]


@dataclass
class Run:
    """A machine that is fed one judgement a tick; `each` is the seconds between two."""

    timing: Timing = NO_FLAPS
    state: State = field(default_factory=State)
    now: float = START
    log: list[tuple[str, str]] = field(default_factory=list)
    done: list[Transition] = field(default_factory=list)  # of the last tick
    closed: frozenset[str] = frozenset()

    def feed(self, judgement: Judgement, each: float = 5.0, through_json: bool = False, **more: object) -> "Run":
        self.now += each
        if through_json:
            self.state = msgspec.json.decode(msgspec.json.encode(self.state), type=State)
        value = None if judgement in ("no_data", "error") else 1.0
        seen = Input(judgement, self.now, each, value, closed=self.closed, **more)  # type: ignore[arg-type]
        self.state, self.done = step("R", "", self.state, self.timing, seen)
        self.log += [(one.what, one.kind) for one in self.done]
        return self

    def feed_all(self, judgements: list[Judgement]) -> "Run":
        for judgement in judgements:
            self.feed(judgement)
        return self


def whats(run: Run) -> list[str]:
    return [what for what, _ in run.log]


def reference(judgements: list[Judgement], timing: Timing, each: float) -> list[str]:
    """What must happen, told from the whole history at each tick rather than from a state: slow and plain."""
    told: list[str] = []
    firing_since: int | None = None
    start = 0
    for i, judgement in enumerate(judgements):
        if judgement in ("no_data", "error"):
            continue
        if firing_since is None:
            run = suffix(judgements[start : i + 1], {"bad"})
            if run and observed(run) * each >= timing.hold:
                told.append(f"{i} fired")
                firing_since = i
        else:
            run = suffix(judgements[firing_since + 1 : i + 1], {"good"})
            if run and observed(run) * each >= timing.keep:
                told.append(f"{i} resolved")
                firing_since, start = None, i + 1
    return told


def suffix(judgements: list[Judgement], wanted: set[str]) -> list[Judgement]:
    """The longest end that holds only wanted judgements and gaps, beginning with a wanted one."""
    kept: list[Judgement] = []
    for judgement in reversed(judgements):
        if judgement not in wanted and judgement not in ("no_data", "error"):
            break
        kept.append(judgement)
    kept.reverse()
    while kept and kept[0] not in wanted:
        kept.pop(0)
    return kept


def observed(run: list[Judgement]) -> int:
    """How many steps of it lie between two ticks with data."""
    gaps = ("no_data", "error")
    return sum(a not in gaps and b not in gaps for a, b in pairwise(run))


@given(
    st.lists(st.sampled_from(JUDGEMENTS), max_size=80),
    st.sampled_from([0.0, 5.0, 20.0]),
    st.sampled_from([0.0, 5.0, 15.0]),
)
@hypothesis(max_examples=400, deadline=None)
def test_it_agrees_with_the_reference(judgements: list[Judgement], hold: float, keep: float) -> None:
    timing = NO_FLAPS._replace(hold=hold, keep=keep)
    run, told = Run(timing), []
    for i, judgement in enumerate(judgements):
        before = len(run.log)
        run.feed(judgement)
        told += [f"{i} {what}" for what, kind in run.log[before:] if kind == "alert" and what in ("fired", "resolved")]
    assert told == reference(judgements, timing, 5.0)


def test_random_metric_series_with_gaps() -> None:
    """Values that wander around a limit, with gaps: judged by limits with hysteresis, against the reference.

    GATEHOUSE_RANDOM_SERIES says how many; the product's promise is 10,000.
    """
    limits = Limits(above=3.0, recovered_below=2.5)
    for seed in range(int(os.environ.get("GATEHOUSE_RANDOM_SERIES", "300"))):
        rng = random.Random(seed)
        timing = NO_FLAPS._replace(hold=rng.choice([0.0, 10.0, 30.0]), keep=rng.choice([0.0, 10.0, 30.0]))
        run, judgements, told, value = Run(timing), list[Judgement](), list[str](), 2.7
        for i in range(200):
            value += rng.gauss(0, 0.3) + 0.1 * (2.7 - value)
            is_gap = rng.random() < 0.1 or 80 < i < 80 + 40 * (seed % 3)
            judgements.append(against(limits, Reading("", None if is_gap else value, 1)).state)
            before, phase = len(run.log), run.state.phase
            run.feed(judgements[-1], through_json=True)
            assert not is_gap or run.state.phase == phase, "missing data changed the phase"
            alerts = [what for what, kind in run.log[before:] if kind == "alert" and what in ("fired", "resolved")]
            told += [f"{i} {what}" for what in alerts]
        assert told == reference(judgements, timing, 5.0), f"seed {seed}"


@given(st.lists(st.sampled_from(JUDGEMENTS), max_size=60), st.sets(st.integers(0, 60)))
@hypothesis(max_examples=200, deadline=None)
def test_a_restart_at_any_tick_changes_nothing(judgements: list[Judgement], restarts: set[int]) -> None:
    one, other = Run(), Run()
    for i, judgement in enumerate(judgements):
        one.feed(judgement)
        other.feed(judgement, through_json=i in restarts)
    assert (one.state, one.log) == (other.state, other.log)


@given(st.lists(st.sampled_from(["no_data", "error"]), min_size=1, max_size=300))
@hypothesis(max_examples=50, deadline=None)
def test_missing_data_neither_fires_nor_resolves(gap: list[Judgement]) -> None:
    pending = Run().feed_all(["bad", "bad"])
    firing = Run().feed_all(["bad"] * 5)
    for run, phase in ((pending, "pending"), (firing, "firing")):
        before = len(run.log)
        run.feed_all(gap)
        assert run.state.phase == phase
        assert {kind for _, kind in run.log[before:]} <= {"no_data", "error"}


@pytest.mark.parametrize("seed", range(20))
def test_long_random_series_keep_the_invariants(seed: int) -> None:
    rng = random.Random(seed)
    run, open_alerts = Run(Timing(20, 15, 30, 40, 3, 300, 60)), 0
    for _ in range(500):
        before = len(run.log)
        run.feed(rng.choices(JUDGEMENTS, [5, 4, 1, 1, 1])[0], each=rng.choice([1.0, 5.0, 9.0]))
        for what, kind in run.log[before:]:
            if kind == "alert":
                open_alerts += (what == "fired") - (what == "resolved")
            assert open_alerts in (0, 1)
        assert run.state.health != "ok" or not (run.state.no_data_incident or run.state.error_incident)
        assert (run.state.phase == "firing") == (open_alerts == 1)


def test_what_is_between_holds_a_firing_alert_and_starts_none() -> None:
    run = Run().feed_all(["between"] * 20)
    assert run.state.phase == "inactive"
    run.feed_all(["bad"] * 5).feed_all(["good", "good", "between"] * 20)
    assert run.state.phase == "firing"


def test_a_pause_longer_than_what_counts_is_not_time_seen() -> None:
    run = Run().feed("bad")
    run.now += 3600
    run.state, _ = step("R", "", run.state, run.timing, Input("bad", run.now, 0.0, 1.0))
    assert run.state.phase == "pending"


def test_missing_data_has_an_incident_of_its_own_that_ends_when_data_comes() -> None:
    run = Run().feed_all(["good", *["no_data"] * 7])
    assert run.log == [("missing", "no_data")]
    assert Run().feed_all(["good", *["no_data"] * 6]).log == []
    run.feed("good")
    assert run.log[-1] == ("found", "no_data")
    assert not run.state.is_active


def test_an_error_after_missing_data_is_a_second_incident_and_data_ends_both() -> None:
    run = Run().feed_all(["no_data"] * 8).feed_all(["error"] * 8)
    assert run.log == [("missing", "no_data"), ("missing", "error")]
    assert run.feed("good").log[2:] == [("found", "no_data"), ("found", "error")]


def test_flapping_is_said_once_and_holds_the_incident_open() -> None:
    run = Run(Timing(hold=0, keep=0, flap_firings=3, flap_within=600, flap_calm=30))
    run.feed_all(["bad", "good"] * 2).feed("bad")
    assert whats(run).count("flapping") == 1
    run.feed_all(["good", "bad"] * 5)
    assert whats(run).count("fired") == 3
    run.feed_all(["good"] * 7)
    assert run.state.phase == "inactive"
    assert run.state.firings == ()


def test_a_person_resolved_it_and_it_is_still_bad() -> None:
    run = Run().feed_all(["bad"] * 5)
    run.closed = frozenset({run.state.incident})
    run.feed_all(["bad"] * 8)
    assert whats(run)[-1] == "dismissed"
    run.feed("bad")
    assert whats(run)[-1] == "fired"


def test_a_person_resolved_it_and_it_recovers_in_silence() -> None:
    run = Run().feed_all(["bad"] * 5)
    run.closed = frozenset({run.state.incident})
    run.feed_all(["good"] * 10)
    assert (run.state.phase, whats(run)[-1]) == ("inactive", "dismissed")


def test_a_changed_rule_starts_what_is_pending_anew_and_keeps_what_fires() -> None:
    pending = Run().feed_all([]).feed("bad", fingerprint="a").feed("bad", fingerprint="a")
    pending.feed("bad", fingerprint="b")
    assert (pending.state.held, whats(pending)) == (0.0, ["pending", "changed", "pending"])
    firing = Run(NO_FLAPS._replace(hold=0)).feed("bad", fingerprint="a").feed("bad", fingerprint="b")
    assert (firing.state.phase, whats(firing)) == ("firing", ["fired", "changed"])


def test_a_removed_rule_closes_its_incidents() -> None:
    assert Run().feed("bad").feed("bad", gone=True).log == [("pending", "alert")]
    run = Run().feed_all(["bad"] * 5).feed_all(["no_data"] * 8)
    run.feed("no_data", gone=True)
    assert run.log[-2:] == [("closed", "alert"), ("closed", "no_data")]
    assert not run.state.is_active


def test_the_peak_is_the_worst_on_the_bad_side() -> None:
    state, _ = step("R", "", State(), Timing(), Input("bad", START, 0, 5.0, 3.0))
    for value in (9.0, 4.0):
        state, _ = step("R", "", state, Timing(), Input("bad", START, 5, value, 3.0))
    assert state.peak == 9.0
    state, _ = step("R", "", State(), Timing(), Input("bad", START, 0, 5.0, 10.0))
    state, _ = step("R", "", state, Timing(), Input("bad", START, 5, 2.0, 10.0))
    assert state.peak == 2.0


def test_a_series_is_active_while_anything_of_it_is_open() -> None:
    assert not State().is_active
    assert State(phase="pending").is_active
    assert State(phase="firing", incident="a").is_active
    assert State(no_data_incident="n").is_active
    assert State(error_incident="e").is_active


def test_its_incidents_are_those_that_it_has() -> None:
    assert State(phase="firing").incidents == ()
    assert State(incident="a", error_incident="e").incidents == ("a", "e")
    assert State(incident="a", no_data_incident="n", error_incident="e").incidents == ("a", "n", "e")


def test_the_time_without_data_does_not_count_as_bad() -> None:
    run = Run().feed_all(["bad", "bad", "no_data"])
    assert run.state.held == 5.0
    assert run.feed("bad").state.held == 5.0
    assert run.feed("bad").state.held == 10.0


@pytest.mark.parametrize(
    ("limit", "values", "peak"),
    [
        (10.0, [12.0, 15.0, 11.0], 15.0),
        (10.0, [8.0, 5.0, 9.0], 5.0),
        (None, [12.0, 15.0, 11.0], 15.0),
        (10.0, [None, 12.0], 12.0),
        (10.0, [12.0, None, 11.0], 12.0),
    ],
)
def test_the_peak_is_the_worst_value_that_was_seen_while_firing(
    limit: float | None, values: list[float | None], peak: float
) -> None:
    state = State()
    for turn, value in enumerate(values):
        seen = Input("bad", START + turn, 1.0, value, limit)
        state, _ = step("R", "", state, Timing(), seen)
    assert state.phase == "firing"
    assert state.peak == peak


def test_a_state_says_when_it_began_and_since_when_it_is_what_it_is() -> None:
    run = Run(NO_FLAPS._replace(hold=10, keep=10)).feed("bad")
    assert (run.state.phase, run.state.since, run.state.began) == ("pending", START + 5, START + 5)
    run.feed("good")
    assert (run.state.phase, run.state.since, run.state.began) == ("inactive", START + 10, 0.0)
    run.feed_all(["bad"] * 3)
    assert (run.state.phase, run.state.since, run.state.began) == ("firing", START + 25, START + 15)
    assert (run.state.held, run.state.value, run.state.firings) == (0.0, 1.0, (START + 25,))
    assert (run.state.calm, run.state.is_calm) == (0.0, False)
    run.feed_all(["good"] * 3)
    assert run.state == State(since=START + 40, firings=(START + 25,), value=1.0)
    at_once = Run(NO_FLAPS._replace(hold=0)).feed("bad")
    assert (at_once.state.since, at_once.state.began, whats(at_once)) == (START + 5, START + 5, ["fired"])


def test_people_read_why() -> None:
    run = Run(NO_FLAPS._replace(hold=5, keep=5, reopen_after=5))
    told: list[tuple[str, str]] = []
    for judgement in ("bad", "good", "bad", "bad", "good", "good"):
        run.feed(judgement, reason=f"it is {judgement}")
        told += [(one.what, one.reason) for one in run.done]
    assert told == [
        ("pending", "it is bad"), ("cancelled", "it is good"), ("pending", "it is bad"), ("fired", "it is bad"),
        ("resolved", "it is good"),
    ]  # fmt: skip
    run.feed_all(["bad", "bad"])
    run.closed = frozenset({run.state.incident})
    run.feed_all(["bad", "bad"])
    assert [(one.what, one.reason) for one in run.done] == [("fired", "condition still true")]


@pytest.mark.parametrize("short", [0.0, 0.0004])
def test_a_time_that_storage_rounded_is_long_enough(short: float) -> None:
    """PostgreSQL keeps microseconds, and sums of floats are not exact; a hundredth too little is too little."""
    for less, enough in ((short, True), (0.01, False)):
        each = 10.0 - less
        fires = Run(NO_FLAPS._replace(hold=10)).feed("bad").feed("bad", each)
        assert (fires.state.phase == "firing") is enough
        resolves = Run(NO_FLAPS._replace(hold=0, keep=10)).feed("bad").feed("good").feed("good", each)
        assert (resolves.state.phase == "inactive") is enough
        missing = Run(NO_FLAPS._replace(no_data_after=10)).feed("no_data").feed("no_data", each)
        assert bool(missing.state.no_data_incident) is enough
        again = Run(NO_FLAPS._replace(hold=0, reopen_after=10)).feed("bad")
        again.closed = frozenset({again.state.incident})
        again.feed("bad").feed("bad", each)
        assert bool(again.state.incident) is enough


@pytest.mark.parametrize(("apart", "flaps"), [(9.0, True), (10.0, False)])
def test_only_firings_of_a_short_time_are_flapping(apart: float, flaps: bool) -> None:
    run = Run(Timing(hold=0, keep=0, flap_firings=2, flap_within=10, flap_calm=30)).feed("bad")
    run.feed("good", 1.0).feed("bad", apart - 1.0)
    assert run.state.flapping is flaps
    assert [one.reason for one in run.done] == ["", "2 firings in a short time"][: 1 + flaps]


def test_who_flapped_and_was_calm_starts_to_count_anew() -> None:
    run = Run(Timing(hold=0, keep=0, flap_firings=2, flap_within=600, flap_calm=10))
    run.feed_all(["bad", "good", "bad"])
    assert (run.state.flapping, len(run.state.firings)) == (True, 2)
    run.feed_all(["good", "good"])
    assert run.state.phase == "firing"
    run.feed("good").feed("bad")
    assert (run.state.flapping, len(run.state.firings)) == (False, 1)
    run.feed_all(["good", "bad"])
    assert whats(run).count("flapping") == 2


def test_an_incident_that_a_person_resolved_while_data_is_missing_is_dismissed_once() -> None:
    run = Run().feed_all(["bad"] * 5)
    run.closed = frozenset({run.state.incident})
    run.feed_all(["no_data", "no_data"])
    assert whats(run).count("dismissed") == 1
    assert (run.state.incident, run.state.dismissed, run.state.ignored) == ("", True, 0.0)
    run.feed_all(["bad"] * 9)
    assert run.state.phase == "firing"
    assert whats(run)[-1] == "fired", "still bad for as long as it takes to open it again"


def test_time_before_a_person_resolved_it_does_not_open_it_again() -> None:
    run = Run(NO_FLAPS._replace(hold=0, reopen_after=5)).feed_all(["bad"] * 5)
    run.closed = frozenset({run.state.incident})
    assert whats(run.feed("bad")) == ["fired", "dismissed"]
    assert whats(run.feed("bad")) == ["fired", "dismissed", "fired"]
    assert (run.state.dismissed, run.state.ignored) == (False, 0.0)


def test_what_a_person_closed_is_not_closed_again() -> None:
    run = Run().feed_all(["bad"] * 5).feed_all(["no_data"] * 8).feed_all(["error"] * 8)
    run.closed = frozenset({run.state.no_data_incident})
    found = Run(state=run.state, now=run.now, closed=run.closed).feed("good")
    assert [(one.what, one.kind) for one in found.done] == [("found", "error")]
    ended = Run(state=run.state, now=run.now, closed=run.closed).feed("no_data", gone=True)
    assert [(one.kind, one.reason) for one in ended.done] == [
        ("alert", "no longer monitored"), ("error", "no longer monitored"),
    ]  # fmt: skip
    assert ended.state == State(since=ended.now)
    named = Run(state=run.state, now=run.now).feed("bad", gone=True, reason="the rule is off", fingerprint="other")
    assert {(one.what, one.reason) for one in named.done} == {("closed", "the rule is off")}


def test_a_changed_rule_is_news_only_where_something_goes_on() -> None:
    assert Run().feed("good", fingerprint="a").feed("good", fingerprint="b").log == []
    fresh = Run().feed("bad").feed("bad", fingerprint="a")
    assert (whats(fresh), fresh.state.held) == (["pending"], 5.0), "a state of a version that knew no fingerprints"
    calm = Run(NO_FLAPS._replace(hold=0, keep=10)).feed("bad", fingerprint="a")
    calm.feed("good", fingerprint="a").feed("good", fingerprint="a").feed("good", fingerprint="b")
    assert (calm.state.phase, calm.state.calm) == ("firing", 0.0)
    pending = Run().feed("bad", fingerprint="a").feed("good", fingerprint="b")
    assert (pending.state.phase, pending.state.since, whats(pending)) == (
        "inactive",
        START + 10,
        ["pending", "changed"],
    )


def test_a_rule_that_waits_for_no_data_never_misses_any() -> None:
    assert Run(NO_FLAPS._replace(no_data_after=0)).feed_all(["no_data"] * 50 + ["error"] * 50).log == []
