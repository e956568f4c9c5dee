"""What our own processes tell of becomes a reading for each series, and one that was told of before ends."""

from alerts.evaluate.security_event_readings import readings


def test_a_series_that_is_told_of_no_more_has_none() -> None:
    found = readings([("one", 3, "three of them")], frozenset({"one", "two"}))
    assert [(one.series, one.value, one.details["said"]) for one in found] == [
        ("one", 3.0, "three of them"),
        ("two", 0.0, ""),
    ]


def test_nothing_told_is_no_reading() -> None:
    assert readings([], frozenset()) == []
