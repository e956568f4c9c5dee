"""What follows from a cause is told to nobody while the cause fires; it is told when it outlasts the cause."""

from alerts.notify.stages.inhibit import Cause, Held, InhibitRule, Waiting, held

TERMS = InhibitRule(wait=60, grace=300)
FIRING = Cause("processes", "collector", "firing", 100.0, "processes-1", 30.0)
PENDING = FIRING._replace(phase="pending", incident="")
OVER = FIRING._replace(phase="inactive", since=500.0, incident="")


def test_a_firing_cause_holds_both_kinds_back_as_long_as_it_fires() -> None:
    for kind in ("alert", "no_data", "error"):
        assert held(Waiting(kind, 0.0), [FIRING], False, TERMS, 1e6) == Held(FIRING)  # type: ignore[arg-type]


def test_the_farthest_firing_cause_counts() -> None:
    far = FIRING._replace(rule="service-down", series="redis", incident="s-1")
    assert held(Waiting("alert", 0.0), [FIRING, far, OVER], False, TERMS, 0.0) == Held(far)


def test_only_missing_data_follows_where_a_rule_says_so() -> None:
    assert held(Waiting("alert", 0.0), [FIRING], True, TERMS, 0.0) is None
    assert held(Waiting("no_data", 0.0), [FIRING], True, TERMS, 0.0) == Held(FIRING)


def test_missing_data_waits_for_its_cause_and_an_alert_for_a_pending_one() -> None:
    quiet = OVER._replace(since=0.0)
    assert held(Waiting("no_data", 100.0), [quiet], False, TERMS, 159.9) == Held(None)
    assert held(Waiting("no_data", 100.0), [quiet], False, TERMS, 160.0) is None
    assert held(Waiting("alert", 100.0), [quiet], False, TERMS, 100.0) is None
    assert held(Waiting("alert", 100.0), [PENDING], False, TERMS, 189.9) == Held(None)
    assert held(Waiting("alert", 100.0), [PENDING], False, TERMS, 190.0) is None, "a cause that stays pending holds on"


def test_what_outlasts_its_cause_is_told_after_the_grace() -> None:
    assert held(Waiting("no_data", 0.0, over=500.0), [OVER], False, TERMS, 799.9) == Held(None)
    assert held(Waiting("no_data", 0.0, over=500.0), [OVER], False, TERMS, 800.0) is None


def test_a_clock_that_was_set_back_holds_nobody_up() -> None:
    assert held(Waiting("no_data", 5000.0, over=5000.0), [OVER._replace(since=5000.0)], False, TERMS, 100.0) is None


def test_without_anything_to_depend_on_people_are_told() -> None:
    assert held(Waiting("no_data", 0.0, over=0.0), [], False, TERMS, 0.0) is None


def test_a_time_that_the_database_rounded_up_still_waits() -> None:
    assert held(Waiting("no_data", 100.0000004), [OVER._replace(since=0.0)], False, TERMS, 100.0) == Held(None)
