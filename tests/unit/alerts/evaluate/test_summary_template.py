"""Templates are checked when they are loaded, and filling one in never fails."""

from typing import Any

import pytest

from alerts.evaluate import summary_template

FACTS: dict[str, Any] = {"account": "anna"}


@pytest.mark.parametrize(
    "text", ["", "plain", "{value:.1f} % of {n}", "{account:>10}", "{{}}", "{limit:,.0f}", "{value!r}"]
)
def test_what_can_be_filled_in_is_right(text: str) -> None:
    assert summary_template.problem(text, FACTS) == ""


@pytest.mark.parametrize(
    "text",
    [
        "{value:.1f % wrong", "{", "}", "{value", "{}", "{0}", "{value.real}", "{value[0]}", "{value.__class__}",
        "{nobody}", "{value:d}", "{account:.1f}", "{value:9999999f}", "{value:.9999f}", "{value:{limit}}", "{value!x}",
        "{value:é}", "{Value}",
    ],
)  # fmt: skip
def test_what_cannot_be_filled_in_is_named(text: str) -> None:
    assert summary_template.problem(text, FACTS)


@pytest.mark.parametrize("value", [None, float("nan"), "text", 3, 3.5, [1], {"a": 1}])
@pytest.mark.parametrize(
    "text", ["{value:.1f}", "{value}", "{value:,}", "{other:.0f}", "{value!r}", "{", "{value.x}", "{0}"]
)
def test_filling_in_never_fails(text: str, value: Any) -> None:
    assert isinstance(summary_template.fill(text, {"value": value}), str)


def test_an_unknown_fact_is_a_dash() -> None:
    assert summary_template.fill("{low:.0f} to {high:.1f}", {"high": 2.0}) == "– to 2.0"
