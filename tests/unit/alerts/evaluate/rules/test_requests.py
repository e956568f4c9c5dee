"""Requests by service: seconds, percent, and services that have fallen silent."""

from alerts.evaluate.rules import requests
from alerts.evaluate.rules.requests import Parameters, readings

ROWS = [("checkout", 200, 6000.0, 30), ("search", 10, 20.0, 0)]


def test_a_duration_is_in_seconds_and_needs_samples() -> None:
    limits = Parameters(metric="duration", above=5.0, minimum=20)
    checkout, search = readings(ROWS, limits, frozenset())
    assert (checkout.series, checkout.value) == ("checkout", 6.0)
    assert requests.judge(checkout, limits).state == "bad"
    assert requests.judge(search, limits).state == "no_data"


def test_errors_are_a_percentage_of_one_service() -> None:
    limits = Parameters(metric="errors", above=5.0, service="checkout")
    [checkout] = readings(ROWS, limits, frozenset())
    assert checkout.value == 15.0


def test_a_known_service_without_requests_has_no_data() -> None:
    limits = Parameters(metric="duration", above=5.0)
    found = readings(ROWS, limits, frozenset({"gone"}))
    assert (found[-1].series, found[-1].value) == ("gone", None)
