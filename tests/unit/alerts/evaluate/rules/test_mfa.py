"""Wrong second factors: three in five minutes are bad, at the console as on the platform."""

import pytest

from alerts.evaluate.rule import Reading
from alerts.evaluate.rules import mfa
from alerts.evaluate.rules.mfa import Parameters, readings


def test_an_account_has_a_reading_with_its_addresses() -> None:
    [console, platform] = readings(
        [("console", "anna", 3, ["192.0.2.2", "192.0.2.1", "192.0.2.2"]), ("platform", "kim", 1, None)], frozenset()
    )
    assert (console.series, console.value) == ("console:anna", 3.0)
    assert console.details == {"realm": "console", "account": "anna", "ips": ["192.0.2.1", "192.0.2.2"]}
    assert (platform.series, platform.details["ips"]) == ("platform:kim", [])


def test_a_known_account_without_failures_has_none_left() -> None:
    [reading] = readings([], frozenset({"platform:kim"}))
    assert (reading.series, reading.value) == ("platform:kim", 0.0)


@pytest.mark.parametrize(("value", "state"), [(2.0, "good"), (3.0, "bad"), (4.0, "bad"), (None, "no_data")])
def test_the_third_attempt_is_bad(value: float | None, state: str) -> None:
    assert mfa.judge(Reading("console:anna", value), Parameters()).state == state
