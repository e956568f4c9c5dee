"""Labels: late, true, and the same in every run."""

import pytest

from core.clock import now
from core.settings import load
from simulator import config as simulator_config
from simulator import labels, traffic
from simulator.traffic import HOUR

CONFIG = simulator_config.load(load({}))
NUMBER = int(now() // HOUR) - 1


def test_labels_tell_the_truth_after_the_transaction() -> None:
    truth = {item.id: item for item in traffic.hour(NUMBER, CONFIG)}
    found = labels.of_hour(NUMBER, CONFIG)
    assert len(found) > len(truth) * 0.3
    for due, item, event in found:
        assert due > item.when
        assert event["label"] == ("fraud" if truth[event["transaction_id"]].fraud else "legit")
    assert len({event["id"] for _, _, event in found}) == len(found)


def test_chargebacks_come_days_late() -> None:
    hours = range(NUMBER - 72, NUMBER)
    late = [
        due - item.when
        for n in hours
        for due, item, event in labels.of_hour(n, CONFIG)
        if event["source"] == "chargeback"
    ]
    assert sorted(late)[len(late) // 2] > 2 * 24 * HOUR


def test_what_becomes_known_in_pieces_of_time_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "_LATEST_DAYS", 5)  # each day looked back at costs a second
    start, end = NUMBER * HOUR, NUMBER * HOUR + 40
    whole = {event["id"] for _, event in labels.becoming_known(start, end, CONFIG)}
    first = {event["id"] for _, event in labels.becoming_known(start, start + 15, CONFIG)}
    second = {event["id"] for _, event in labels.becoming_known(start + 15, end, CONFIG)}
    assert whole == first | second
    assert not first & second
