"""Series as bodies: the wire form, ids that count once, bounded size, text that can be stored."""

import gzip
import json

import pytest
from gatehouse_client import batch
from gatehouse_client.fold import Fold
from gatehouse_client.histogram import LOWEST, bucket


def read(made: batch.Batch) -> list[dict]:
    return json.loads(gzip.decompress(made.body))["events"]


def test_a_series_is_an_event() -> None:
    fold = Fold()
    fold.add(29_000_000, "/pay/<id>", "POST", 502, "ValueError", 0.25)
    [made] = batch.batches(fold.take(), "shop", "1.2", "abc", 4)
    assert (made.key, made.hits, made.lost) == ("abc-4", (1,), 0)
    assert read(made) == [
        {
            "kind": "endpoint", "id": "abc-4-0", "timestamp": 1_740_000_000, "service": "shop", "version": "1.2",
            "route": "/pay/<id>", "method": "POST", "status": 502, "error_type": "ValueError", "hits": 1,
            "seconds_sum": 0.25, "seconds_min": 0.25, "seconds_max": 0.25, "buckets": {str(bucket(0.25)): 1},
        }
    ]  # fmt: skip


def test_loss_is_an_event_of_its_own_of_which_nothing_is_waited_for() -> None:
    made = batch.of_loss(9, 29_000_000, "shop", "1.2", "abc", 4)
    [event] = read(made)
    assert (made.key, made.hits, made.lost) == ("abc-4", (0,), 9)
    assert (event["route"], event["hits"], event["status"], event["buckets"]) == ("(lost)", 9, 0, {str(LOWEST): 9})
    assert (event["seconds_sum"], event["seconds_min"], event["seconds_max"]) == (0.0, 0.0, 0.0)


def test_many_series_are_several_batches() -> None:
    fold = Fold(most_series=2_000)
    for number in range(1_200):
        fold.add(7, f"/{number}", "GET", 200, "", 0.1)
    made = list(batch.batches(fold.take(), "shop", "", "abc", 4))
    assert [one.key for one in made] == ["abc-4", "abc-5", "abc-6"]
    ids = [event["id"] for one in made for event in read(one)]
    assert len(set(ids)) == 1_200


def test_many_buckets_are_several_batches() -> None:
    fold = Fold()
    for route in range(10):
        for number in range(1_200):
            fold.add(7, f"/{route}", "GET", 200, "", 1.03 ** (number % 600 - 300))
    made = list(batch.batches(fold.take(), "shop", "", "abc", 0))
    assert len(made) > 1
    assert sum(sum(one.hits) for one in made) == 12_000


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("/ok/<int:id>", "/ok/<int:id>"),
        ("/gr\u00fcn", "/gr\u00fcn"),
        ("/a\nb\x00", "/a?b?"),
        ("/\ud800", "/?"),
        ("x" * 5_000, "x" * 300),
    ],
)
def test_text_is_one_line_that_can_be_stored(given: str, kept: str) -> None:
    assert batch.text(given, 300) == kept
