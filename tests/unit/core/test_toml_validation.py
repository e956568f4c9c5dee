"""Mistakes in a TOML file are all named at once, each with its line."""

import tomllib

import pytest

from core.config import Frozen
from core.toml_lines import line_of, path_of
from core.toml_validation import convert


class Inner(Frozen, frozen=True):
    above: float
    names: list[str] = []


class Entry(Frozen, frozen=True):
    id: str
    count: int = 0
    parameters: Inner | None = None


class File(Frozen, frozen=True):
    rule: list[Entry] = []
    general: Inner | None = None


TEXT = """# rules
[general]
above = 3.0
names = [
  "a",
]

[[rule]]
id = "one"
count = "many"

[[rule]]                     # the second
count = 2
colour = "red"

[[rule]]
id = "three"
parameters = { above = "x", names = ["a"] }

[[rule]]
id = "four"

[rule.parameters]
names = [1]
above = 2.0
"""


def test_every_mistake_is_named_with_its_line() -> None:
    value, problems = convert(tomllib.loads(TEXT), File, "rules.toml", TEXT)
    assert value is None
    assert {problem.partition(":")[0] for problem in problems} == {
        "rules.toml, line 10",
        "rules.toml, line 12",
        "rules.toml, line 14",
        "rules.toml, line 18",
        "rules.toml, line 24",
    }
    assert "rules.toml, line 12: missing field 'id' in rule 2" in problems
    assert "rules.toml, line 14: unknown field 'colour' in rule 2" in problems
    assert "rules.toml, line 10: rule 1.count: expected `int`, got `str`" in problems


def test_a_right_file_is_a_value_without_problems() -> None:
    text = '[[rule]]\nid = "one"\n'
    value, problems = convert(tomllib.loads(text), File, "rules.toml", text)
    assert (value, problems) == (File([Entry("one")]), [])


def test_a_part_of_a_file_is_found_at_its_base() -> None:
    raw = tomllib.loads(TEXT)["rule"][2]["parameters"]
    _, problems = convert(raw, Inner, "rules.toml", TEXT, "$.rule[2].parameters")
    assert problems == ["rules.toml, line 18: rule 3.parameters.above: expected `float`, got `str`"]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("general",), 2),
        (("general", "names"), 4),
        (("rule", 0), 8),
        (("rule", 3, "parameters", "names", 0), 24),
        (("rule", 2, "parameters", "names"), 18),
        (("nowhere",), None),
    ],
)
def test_the_line_of_a_path(path: tuple[str | int, ...], line: int | None) -> None:
    assert line_of(TEXT, path) == line


def test_a_path_as_msgspec_writes_it() -> None:
    assert path_of("$.rule[2].parameters.above") == ("rule", 2, "parameters", "above")
    assert path_of("$.profiles[...].fraud_threshold") == ("profiles", "fraud_threshold")
