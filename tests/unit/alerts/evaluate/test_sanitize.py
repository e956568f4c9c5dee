"""What rules and stored states give is made fit: what is wrong with one series stays with that one."""

import math
from typing import Any

import pytest

from alerts.evaluate import sanitize
from alerts.evaluate.machine import State
from alerts.evaluate.rule import Reading


@pytest.mark.parametrize("value", [math.nan, math.inf, "many", [1.0], object()])
def test_a_value_that_is_no_number_is_an_error_of_its_series(value: Any) -> None:
    [bad, good] = sanitize.readings([Reading("one", value, 1), Reading("two", 1, 1)])
    assert (bad.series, bad.value, bool(bad.error)) == ("one", None, True)
    assert (good.value, good.error) == (1.0, "")


def test_numbers_of_numpy_become_plain_ones() -> None:
    numpy = pytest.importorskip("numpy")
    found = sanitize.reading(Reading("", numpy.float32(1.5), numpy.int64(3), band=(numpy.float64(1), numpy.float64(2))))
    assert [type(one) for one in (found.value, found.n, *(found.band or ()))] == [float, int, float, float]


def test_a_name_that_cannot_be_stored_is_changed_and_stays_apart() -> None:
    names = ["a\x00", "a\x00\x00", "a\udc80", "x" * 501, "x" * 502, "*", " a ", "ü" * 500, "a\u200b", "tab\t"]
    found = [one.series for one in sanitize.readings([Reading(name, 3.0, 3) for name in names])]
    assert len(set(found)) == len(names)
    assert found[5:] == names[5:]
    assert all("\x00" not in one and len(one) <= 500 for one in found)
    assert [one.encode() for one in found]


def test_of_two_readings_of_a_series_one_counts() -> None:
    assert [one.value for one in sanitize.readings([Reading("a", 1.0, 1), Reading("a", 2.0, 1)])] == [1.0]


@pytest.mark.parametrize("found", [None, 3, "text", [1], [None], ({},)])
def test_what_is_no_list_of_readings_is_refused(found: Any) -> None:
    with pytest.raises(TypeError):
        sanitize.readings(found)


def test_details_become_json_able() -> None:
    details = {"a": object, "b": {1, 2}, "c": math.nan, "d": "x\x00", "e": {"f": [b"x"]}, 3: {"deep": [[[[[[1]]]]]]}}
    found = sanitize.reading(Reading("", 1.0, 1, details=details)).details
    assert found["c"] is None
    assert found["b"] == [1, 2]
    assert "\x00" not in str(found["d"])
    assert isinstance(found["a"], str)


GOOD = '{"phase":"firing","since":1700000000,"began":1700000000,"incident":"A1-1","fingerprint":"f"}'


@pytest.mark.parametrize(
    ("stored", "incident", "phase"),
    [
        (GOOD, "A1-1", "firing"),
        (GOOD.replace('"firing"', '"snoozed"'), "A1-1", "firing"),  # of a newer release
        (GOOD.replace("}", ',"dreams":{"of":1}}'), "A1-1", "firing"),
        (GOOD.replace("1700000000,", '"yesterday",'), "A1-1", "firing"),
        (GOOD.replace("1700000000,", "1e300,"), "A1-1", "firing"),
        (GOOD.replace("1700000000,", "-5,"), "A1-1", "firing"),
        ("[]", "", "inactive"),
        ("null", "", "inactive"),
        ('"text"', "", "inactive"),
        ("{", "", "inactive"),
        ("", "", "inactive"),
        ('{"phase": {"a": []}, "firings": "x", "value": []}', "", "inactive"),
        ("[" * 100_000, "", "inactive"),
    ],
)
def test_of_a_state_that_cannot_be_read_what_can_is_kept(stored: str, incident: str, phase: str) -> None:
    found = sanitize.state(stored)
    assert (found.incident, found.phase) == (incident, phase)
    assert 0 <= found.since < 1e11
    assert isinstance(found, State)
