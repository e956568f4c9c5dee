"""The split options of the command line as fields of a form: taken, refused by the field, and given back."""

import pytest

from console.pages.training import split as split_form
from tests.unit.ml.test_protocol import given


def parsed(time: str | None = "when", delay: float = 0.0, **form: str) -> tuple[dict[str, object], dict[str, str]]:
    wrong: dict[str, str] = {}
    return split_form.parsed(form, time, delay, wrong), wrong


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ({}, []),
        ({"test_share": "0,3", "shuffle": "on"}, ["--test-share", "0.3", "--shuffle"]),
        ({"test_from": "2026-01-31", "test_days": "7", "folds": "3"},
         ["--test-from", "2026-01-31", "--test-days", "7", "--folds", "3"]),
        ({"test_from": "2026-01-31T12:00+02:00"}, ["--test-from", "2026-01-31T12:00+02:00"]),
    ],
)  # fmt: skip
def test_it_says_what_the_command_says(form: dict[str, str], options: list[str]) -> None:
    found, wrong = parsed(**form)
    assert not wrong
    rules = given(*options)
    assert found == {name: getattr(rules, name) for name in split_form.NAMES}
    back = split_form.of_options({"split": found})
    assert parsed(**back) == (found, {}), "an earlier run gives its choices back"


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"test_share": "1"}, "test_share", "between 0 and 1"),
        ({"test_share": "nan"}, "test_share", "between 0 and 1"),
        ({"test_share": "a fifth"}, "test_share", "between 0 and 1"),
        ({"test_share": "0.2", "test_days": "3"}, "test_share", "“Test days”, not both"),
        ({"test_share": "0.2", "test_from": "2026-01-31"}, "test_share", "“Test from”, not both"),
        ({"test_days": "0"}, "test_days", "number of days above 0"),
        ({"test_days": "-1"}, "test_days", "number of days above 0"),
        ({"test_days": "inf"}, "test_days", "number of days above 0"),
        ({"test_from": "soon"}, "test_from", "'soon' is not a date or time"),
        ({"test_from": "9999-12-31"}, "test_from", "is not a date or time"),
        ({"folds": "0"}, "folds", "from 1 to 50"),
        ({"folds": "2.5"}, "folds", "from 1 to 50"),
        ({"folds": "²"}, "folds", "from 1 to 50"),
        ({"shuffle": "on", "folds": "2"}, "shuffle", "cannot be combined with “Test folds”"),
        ({"shuffle": "on", "test_days": "2"}, "shuffle", "cannot be combined with “Test days”"),
    ],
)
def test_what_makes_no_sense_is_said_by_its_field(form: dict[str, str], field: str, words: str) -> None:
    assert words in parsed(**form)[1][field]


def test_days_and_dates_need_times_and_chance_no_delay() -> None:
    for name, value in (("test_from", "2026-01-31"), ("test_days", "3")):
        assert "choose one under “Time”" in parsed(time=None, **{name: value})[1][name]
    assert not parsed(time=None, test_share="0.5", folds="2")[1]
    assert "“Label delay in days”" in parsed(delay=2.0, shuffle="on")[1]["shuffle"]
