"""Collection pauses while a process imports, and is as it was afterwards, whatever happened."""

import gc
from collections.abc import Iterator

import pytest

from core.startup import paused_gc


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    yield
    gc.enable()


def test_nothing_is_collected_meanwhile_and_what_was_made_is_left_out_of_later_collections() -> None:
    before = gc.get_freeze_count()
    with paused_gc():
        assert not gc.isenabled()
        made = [[] for _ in range(100)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(made)


def test_a_failed_import_leaves_collection_on() -> None:
    before = gc.get_freeze_count()
    with pytest.raises(ImportError), paused_gc():
        raise ImportError
    assert gc.isenabled()
    assert gc.get_freeze_count() <= before


def test_where_it_is_off_it_stays_off() -> None:
    gc.disable()
    with paused_gc():
        pass
    assert not gc.isenabled()
