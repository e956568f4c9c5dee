"""bad-deploy: half an hour of a version, then another that is slower at orders and fails on tickets."""

from collections import Counter

import numpy as np

from core.clock import now
from simulator.scenario import Moment
from simulator.scenarios.bad_deploy import BEFORE, SERVICE, happen
from tests.unit.simulator.scenarios.play import CONFIG


def test_both_versions_are_reported_and_the_new_one_is_worse() -> None:
    start = now() - 120
    sent = []
    for number in range(120):
        at = start + number
        sent += happen(Moment(np.random.default_rng(number), at, at + 1, float(number), f"r{number}", CONFIG)).events
    assert {event["service"] for event in sent} == {SERVICE}
    old, new = sorted({event["version"] for event in sent})
    mean, errors = {}, {}
    for version in (old, new):
        mine = [event for event in sent if event["version"] == version]
        hits: Counter[str] = Counter()
        for event in mine:
            hits[event["route"]] += event["hits"]
        orders = [event for event in mine if event["route"] == "/orders"]
        mean[version] = sum(one["seconds_sum"] for one in orders) / hits["/orders"]
        failed = sum(one["hits"] for one in mine if one["route"] == "/tickets/{id}" and one["status"] == 500)
        errors[version] = failed / hits["/tickets/{id}"]
    assert mean[new] > 1.4 * mean[old]
    assert errors[new] > errors[old] + 0.02
    before = {event["timestamp"] // 60 for event in sent if event["version"] == old}
    assert len(before) == BEFORE
    assert max(before) < start // 60


def test_it_reports_on_without_the_history() -> None:
    at = now() - 10
    later = happen(Moment(np.random.default_rng(1), at, at + 5, 60.0, "r", CONFIG)).events
    assert {event["timestamp"] for event in later} == {at}
