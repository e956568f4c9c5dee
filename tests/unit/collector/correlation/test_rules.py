"""Sigma rules: what is read, what is refused and by which name, and what detections match."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from collector.correlation import rules
from collector.correlation.detection import BadRule, compile_detection
from collector.correlation.rules import Correlation
from collector.correlation.windows import Hit, find
from core.errors import ConfigError

BASE = {"title": "Base", "name": "base", "detection": {"sel": {"a": 1}, "condition": "sel"}}
RULE = {
    "title": "Rule",
    "name": "rule",
    "level": "high",
    "correlation": {
        "type": "event_count",
        "rules": ["base"],
        "group-by": ["source.ip"],
        "timespan": "5m",
        "condition": {"gte": 3},
    },
}


def load(folder: Path, *documents: dict[str, Any]) -> rules.Rules:
    (folder / "x.yml").write_text(yaml.safe_dump_all(documents))
    return rules.load(folder)


def changed(path: str, value: Any) -> dict[str, Any]:
    copy: dict[str, Any] = yaml.safe_load(yaml.safe_dump(RULE))
    *parents, last = path.split("/")
    place = copy
    for parent in parents:
        place = place[parent]
    place[last] = value
    return copy


def test_the_shipped_rules_load() -> None:
    assert {rule.name for rule in rules.load(Path("config/sigma")).correlations} >= {
        "failed_logins_from_one_address",
        "password_spraying",
        "login_after_failures",
        "request_flood",
    }


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("name", "No Name", "name"),
        ("level", "urgent", "level"),
        ("correlation/type", "value_sum", "correlation.type"),
        ("correlation/rules", ["none"], "correlation.rules"),
        ("correlation/rules", [], "correlation.rules"),
        ("correlation/timespan", "soon", "correlation.timespan"),
        ("correlation/condition", {"lt": 3}, "correlation.condition"),
        ("correlation/condition", {"gte": "3"}, "correlation.condition.gte"),
        ("correlation/condition", {"gte": 3, "field": "user.name"}, "correlation.condition.field"),
        ("correlation/type", "value_count", "correlation.condition.field"),
        ("correlation/type", "temporal", "correlation.condition"),
        ("correlation/generate", True, "correlation.generate"),
        ("name", "base", "name"),
    ],
)
def test_a_wrong_rule_is_named_with_file_and_field(tmp_path: Path, path: str, value: Any, named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, BASE, changed(path, value))
    assert "sigma/x.yml" in caught.value.problems[0]
    assert f" {named}: " in caught.value.problems[0]


def test_what_is_no_yaml_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text("a: [")
    with pytest.raises(ConfigError, match=r"sigma/bad\.yml"):
        rules.load(tmp_path)


@pytest.mark.parametrize(
    ("selection", "condition", "event", "holds"),
    [
        ({"s": {"a": "X*"}}, "s", {"a": "xyz"}, True),
        ({"s": {"a|contains": "b.d"}}, "s", {"a": "abcd"}, False),
        ({"s": {"a|startswith": "ab"}}, "s", {"a": "ABc"}, True),
        ({"s": {"a|endswith": "c"}}, "s", {"a": "ABc"}, True),
        ({"s": {"a|contains|all": ["x", "y"]}}, "s", {"a": "axbyc"}, True),
        ({"s": {"a|contains|all": ["x", "q"]}}, "s", {"a": "axbyc"}, False),
        ({"s": {"a|re": "^a.c$"}}, "s", {"a": "abc"}, True),
        ({"s": {"a|cidr": "10.0.0.0/8"}}, "s", {"a": "10.2.3.4"}, True),
        ({"s": {"a|cidr": "10.0.0.0/8"}}, "s", {"a": "nobody"}, False),
        ({"s": {"a": [1, 2]}}, "s", {"a": 2}, True),
        ({"s": [{"a": 1}, {"b": 1}]}, "s", {"b": 1}, True),
        ({"s": {"a": 1, "b": 1}}, "s", {"b": 1}, False),
        ({"s": {"a": None}}, "s", {}, True),
        ({"s": {"a|exists": True}}, "s", {"a": 0}, True),
        ({"s": {"event.category": "iam"}}, "s", {"event.category": ["iam"]}, True),
        ({"s": {"a": 1}, "f": {"b": 1}}, "s and not f", {"a": 1, "b": 1}, False),
        ({"s": {"a": 1}, "f": {"b": 1}}, "not (s or f)", {}, True),
        ({"s1": {"a": 1}, "s2": {"b": 1}}, "1 of s*", {"b": 1}, True),
        ({"s1": {"a": 1}, "s2": {"b": 1}}, "all of them", {"b": 1}, False),
    ],
)
def test_detections(selection: dict[str, Any], condition: str, event: dict[str, Any], holds: bool) -> None:
    assert compile_detection({**selection, "condition": condition})(event) is holds


@pytest.mark.parametrize("condition", ["", "s and", "(s", "t", "s s", "1 of x*", "s; drop"])
def test_a_condition_that_says_nothing_is_refused(condition: str) -> None:
    with pytest.raises(BadRule):
        compile_detection({"s": {"a": 1}, "condition": condition})


@pytest.mark.parametrize("selection", [{"a|shout": 1}, {"a|re": "("}, {"a|cidr": "x"}, {"a": {}}, {}, "a"])
def test_a_selection_that_cannot_be_judged_is_refused(selection: Any) -> None:
    with pytest.raises(BadRule):
        compile_detection({"s": selection, "condition": "s"})


def rule(kind: str, least: int = 1, field: str = "", names: tuple[str, ...] = ("a",)) -> Correlation:
    return Correlation("r", "R", kind, names, (), 10.0, "high", "security", least, field)


def hits(*items: tuple[float, str]) -> list[Hit]:
    return [Hit(at, number, name, {"v": f"{at}"}) for number, (at, name) in enumerate(items)]


def test_windows_slide_and_start_anew_after_a_match() -> None:
    found = find(rule("event_count", 3), hits(*((t, "a") for t in (0, 8, 12, 13, 14, 15, 30, 31, 32))))
    assert [match.hits[-1].at for match in found] == [13, 32]
    assert find(rule("event_count", 3), hits((0, "a"), (1, "a"), (2, "a")), [(0.0, 1.0)]) == []


def test_values_and_orders() -> None:
    assert find(rule("value_count", 3, "v"), hits((0, "a"), (0, "a"), (1, "a"))) == []
    assert len(find(rule("value_count", 2, "v"), hits((0, "a"), (0, "a"), (1, "a")))) == 1
    assert len(find(rule("temporal", names=("a", "b")), hits((0, "b"), (1, "a")))) == 1
    assert find(rule("temporal_ordered", names=("a", "b")), hits((0, "b"), (1, "a"))) == []
    assert len(find(rule("temporal_ordered", names=("a", "b")), hits((0, "b"), (1, "a"), (9, "b")))) == 1
    assert find(rule("temporal", names=("a", "b")), hits((0, "a"), (11, "b"))) == []
