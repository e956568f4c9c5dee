"""The benchmark of the slice search on a small scale: a few worlds of each kind."""

from bench import statuses_slices
from bench._slice_worlds import make
from core.statuses.slices.search import find


def test_the_slice_that_failed_is_first() -> None:
    right, named, tried = statuses_slices.accuracy(6, 0.35)
    assert right >= 5
    assert named == 6
    assert 5_000 < tried < 10_000


def test_no_slice_is_named_where_all_fail() -> None:
    assert [str(one) for seed in range(2) for one in find(make(seed, 0.35, True).rows, "up").slices] == []
