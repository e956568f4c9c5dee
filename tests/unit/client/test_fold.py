"""Requests folded in memory: exact sums, bounded series and buckets, nothing lost between threads."""

import random
from threading import Thread

from gatehouse_client.fold import OTHER, OTHER_METHOD, Fold, Key
from gatehouse_client.histogram import bucket


def test_requests_of_one_key_are_one_series() -> None:
    fold = Fold()
    for seconds in (0.25, 0.5, 0.125):
        assert fold.add(7, "/a", "GET", 200, "", seconds)
    [(key, series)] = fold.take()
    assert key == Key(7, "/a", "GET", 200, "")
    assert (series.hits, series.seconds, series.least, series.most) == (3, 0.875, 0.125, 0.5)
    assert series.buckets == {bucket(0.25): 1, bucket(0.5): 1, bucket(0.125): 1}
    assert (fold.take(), fold.hits, fold.cells) == ([], 0, 0)


def test_minutes_methods_statuses_and_errors_are_series_of_their_own() -> None:
    fold = Fold()
    keys = {(7, "/a", "GET", 200, ""), (8, "/a", "GET", 200, ""), (7, "/b", "GET", 200, ""),
            (7, "/a", "PUT", 200, ""), (7, "/a", "GET", 500, ""), (7, "/a", "GET", 500, "ValueError")}  # fmt: skip
    for key in keys:
        fold.add(*key, 0.1)
    assert {tuple(key) for key, _ in fold.take()} == keys


def test_a_method_that_nobody_knows_is_none_of_its_own() -> None:
    fold = Fold()
    for method in ("BREW", "get", ""):
        fold.add(7, "/", method, 200, "", 0.1)
    [(key, series)] = fold.take()
    assert (key.method, series.hits) == (OTHER_METHOD, 3)


def test_a_million_routes_are_bounded_and_every_request_counts() -> None:
    fold = Fold(most_series=50)
    for number in range(100_000):
        assert fold.add(7, f"/{number}", "GET", 200 + number % 3, "", 0.1)
    found = dict(fold.take())
    assert len(found) == 53
    assert sum(series.hits for series in found.values()) == 100_000
    assert sum(found[Key(7, OTHER, OTHER_METHOD, status, "")].hits for status in (200, 201, 202)) == 100_000 - 50


def test_without_room_a_request_is_refused_and_what_is_known_still_counts() -> None:
    fold = Fold(most_cells=20)
    refused = sum(not fold.add(7, "/a", "GET", 200, "", 1.03**number) for number in range(100))
    assert fold.cells == 20
    assert refused == 100 - fold.hits > 0
    assert not fold.add(7, "/b", "GET", 200, "", 1.0)
    assert fold.add(7, "/a", "GET", 200, "", 1.0)
    assert [key.route for key, _ in fold.take()] == ["/a"]


def test_only_the_minutes_that_are_over_are_taken() -> None:
    fold = Fold()
    for minute in (9, 7, 8):
        fold.add(minute, "/a", "GET", 200, "", 0.1)
    assert [key.minute for key, _ in fold.take(9)] == [7, 8]
    assert fold.hits == 1
    assert [key.minute for key, _ in fold.take()] == [9]
    assert fold.cells == 0


def test_a_clock_that_goes_back_gives_no_negative_time() -> None:
    fold = Fold()
    fold.add(7, "/a", "GET", 200, "", -3.0)
    [(_, series)] = fold.take()
    assert (series.least, series.seconds) == (0.0, 0.0)


def test_threads_lose_nothing() -> None:
    fold, taken = Fold(), []

    def work(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(5_000):
            fold.add(7, f"/{rng.randrange(5)}", "GET", 200, "", rng.random())

    threads = [Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        taken += fold.take()
    taken += fold.take()
    assert sum(series.hits for _, series in taken) == 20_000
    assert sum(sum(series.buckets.values()) for _, series in taken) == 20_000
