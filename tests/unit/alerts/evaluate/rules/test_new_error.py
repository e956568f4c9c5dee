"""A new exception that comes often is a series of its own, bad from so many on, and over when it is not new."""

from string import Formatter

import pytest

from alerts.evaluate import ruleset
from alerts.evaluate.rules.new_error import FACTS, Parameters, judge, readings
from core import settings

LIMIT = Parameters(occurrences=10)
ROW = (12, "shop", "ValueError", "shop.cart.total", "no \u202eorder", "4.18", False, 40)


def test_a_bug_is_a_series_and_what_is_over_ends() -> None:
    found = readings([ROW], frozenset({"shop #3", "shop #12"}), frozenset({"shop #3", "shop #9", "shop #12"}))
    assert [(one.series, judge(one, LIMIT).state) for one in found if not one.gone] == [
        ("shop #12", "bad"), ("shop #3", "good"),
    ]  # fmt: skip
    assert [one.series for one in found if one.gone] == ["shop #9"]
    assert found[0].details.keys() == FACTS.keys()
    assert found[0].details["what"] == "New exception"
    assert "\u202e" not in found[0].details["message"]


@pytest.mark.parametrize(("peak", "state"), [(9, "good"), (10, "bad"), (1_000_000, "bad")])
def test_so_many_are_needed(peak: int, state: str) -> None:
    (found,) = readings([(*ROW[:7], peak)], frozenset())
    assert (judge(found, LIMIT).state, judge(found, LIMIT).limit) == (state, 10.0)


def test_one_that_came_back_says_so() -> None:
    (found,) = readings([(*ROW[:6], True, 40)], frozenset())
    assert found.details["what"] == "Exception came back"


@pytest.mark.parametrize("given", [{"window": "30s"}, {"fresh": "3d"}, {"quiet": "1s"}])
def test_lengths_that_cannot_be_read_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"window|fresh|quiet"):
        Parameters(**given)  # type: ignore[arg-type]


def test_the_shipped_sentence_asks_for_nothing_that_the_kind_does_not_give() -> None:
    known = ruleset.load(settings.load({}))
    (summary,) = [rule.config.summary for rule in known.rules if rule.config.kind == "new-error"]
    assert {name for _, name, _, _ in Formatter().parse(summary) if name} <= {*FACTS, "value"}
