"""One rule, calendar, reading or state that fails is an error of its own; the others are judged."""

from types import SimpleNamespace
from typing import Any

import pytest

from alerts.config import AlertsConfig, RuleConfig
from alerts.evaluate.evaluation import Key, TickInput, evaluate, gather
from alerts.evaluate.machine import State
from alerts.evaluate.rule import Assessment, Reading, all_kinds
from alerts.evaluate.ruleset import Rule, build

GENERAL = AlertsConfig()


def rule(name: str, **fields: Any) -> Rule:
    parameters = {"metric": "fraud_rate", "window": "10m", "above": 3.0}
    config = RuleConfig(name, name, "s", "window", "high", parameters=parameters, **fields)
    return build(config, GENERAL, all_kinds(), {})


def run(rules: list[Rule], readings: dict[str, list[Reading]], ticks: int, windows: Any = None) -> list[Any]:
    """All transitions of so many evaluations five seconds apart."""
    states: dict[Key, State] = {}
    found: list[Any] = []
    for number in range(ticks):
        for change in evaluate(
            rules, states, TickInput(1000.0 + 5 * number, 5.0 if number else 0.0, readings), windows or {}
        ):
            states[change.key] = change.after
            found += [(change.key, one.what, one.kind) for one in change.transitions]
    return found


def broken(name: str, **functions: Any) -> Rule:
    made = rule(name)
    kind = SimpleNamespace(**{key: getattr(made.kind, key) for key in ("gather", "judge")} | functions)
    return Rule(made.config, kind, made.parameters, made.timing, made.fingerprint)  # type: ignore[arg-type]


def fail(*_: Any) -> Any:
    raise KeyError("something that nobody thought of")


@pytest.mark.parametrize(
    "judge",
    [fail, lambda *_: None, lambda *_: Assessment("angry"), lambda *_: ("bad",)],  # type: ignore[arg-type]
)
def test_judging_that_fails_is_an_incident_within_a_minute_and_the_others_fire(judge: Any) -> None:
    bad = [Reading("", 9.0, 100)]
    found = run([broken("one", judge=judge), rule("two")], {"one": bad, "two": bad}, 14)
    assert [one for one in found if one[0][0] == "one"] == [(("one", ""), "missing", "error")]
    assert (("two", ""), "fired", "alert") in found


@pytest.mark.parametrize("windows", [{}, {"hours": SimpleNamespace(zone="Mars/Olympus")}, {"hours": None}])
def test_a_calendar_that_cannot_be_read_is_an_error_of_its_rule(windows: Any) -> None:
    bad = [Reading("", 9.0, 100)]
    found = run([rule("one", when="hours"), rule("two")], {"one": bad, "two": bad}, 14, windows)
    assert (("one", ""), "missing", "error") in found
    assert (("two", ""), "fired", "alert") in found


def test_a_rule_that_cannot_be_read_has_one_incident_however_many_series_it_has() -> None:
    series = [Reading(f"{i}", None, error="its data could not be read: no") for i in range(20)]
    found = run([rule("one", no_data_after=0.0)], {"one": series}, 20)
    assert [one[1:] for one in found] == [("missing", "error")]


def test_a_state_that_cannot_be_followed_does_not_end_the_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    from alerts.evaluate import evaluation as module

    real = module.step

    def step(name: str, *rest: Any) -> Any:
        return fail() if name == "one" else real(name, *rest)

    monkeypatch.setattr(module, "step", step)
    bad = [Reading("", 9.0, 100)]
    assert (("two", ""), "fired", "alert") in run([rule("one"), rule("two")], {"one": bad, "two": bad}, 2)


@pytest.mark.parametrize("found", [fail, lambda *_: None, lambda *_: [None], lambda *_: {"a": 1}])
def test_gathering_that_fails_says_so_on_each_known_series(found: Any) -> None:
    context = SimpleNamespace(rule="", all_series=lambda: frozenset({"a", "b"}))
    complaints: list[str] = []
    made = gather([broken("one", gather=found), broken("two", gather=lambda *_: [Reading("x", 1.0, 1)])], context,  # type: ignore[arg-type]
                  lambda name, _: complaints.append(name))  # fmt: skip
    assert [one.series for one in made["one"]] == ["a", "b"]
    assert all(one.error.startswith("its data could not be read: ") for one in made["one"])
    assert made["two"][0].value == 1.0
    assert complaints == ["one"]


def storm(rules: dict[str, tuple[str, int]]) -> tuple[list[Rule], dict[str, list[Reading]]]:
    """Rules by severity and how many of their series are bad."""
    made = []
    for name, (severity, _) in rules.items():
        parameters = {"metric": "fraud_rate", "window": "10m", "above": 3.0}
        config = RuleConfig(name, name, "s", "window", severity, parameters=parameters)  # type: ignore[arg-type]
        made.append(build(config, GENERAL, all_kinds(), {}))
    return made, {name: [Reading(f"{i}", 9.0, 100) for i in range(count)] for name, (_, count) in rules.items()}


def test_in_a_storm_so_many_series_open_at_a_time_critical_ones_all_and_few_before_many() -> None:
    rules, readings = storm({"noisy": ("high", 5000), "worst": ("critical", 3000), "small": ("medium", 10)})
    opened = [key for key, what, _ in run(rules, readings, 1) if what == "fired"]
    assert [sum(key[0] == name for key in opened) for name in ("worst", "small", "noisy")] == [3000, 10, 1990]


def test_what_a_storm_holds_up_opens_afterwards_each_once() -> None:
    rules, readings = storm({"noisy": ("high", 5000), "other": ("high", 5000)})
    opened = [key for key, what, _ in run(rules, readings, 5) if what == "fired"]
    assert len(opened) == len(set(opened)) == 10_000
    assert len([one for one in run(rules, readings, 4) if one[1] == "fired"]) == 8000


def test_in_a_storm_what_opens_comes_before_what_ends() -> None:
    rules, readings = storm({"noisy": ("high", 4000)})
    states = {("noisy", f"{i}"): State("firing", since=1.0, incident=f"i{i}") for i in range(2000)}
    well = [Reading(f"{i}", 0.0, 100) for i in range(2000)] + readings["noisy"][2000:]
    found = evaluate(rules, states, TickInput(2000.0, 5.0, {"noisy": well}), {})
    assert {one.what for change in found for one in change.transitions} == {"fired"}
