"""What a process keeps of a shard until it is stored: within its bounds, and nothing that was stored already."""

from core.pipeline.publisher import _Shard


def test_the_oldest_goes_when_there_is_more_than_may_be_kept() -> None:
    shard = _Shard(0)
    for number in range(1, 4):
        shard.keep((number, 0), b"x" * 4, 8)
    assert list(shard.unconfirmed) == [(2, 0), (3, 0)]
    assert shard.size == 8
    shard.keep((4, 0), b"x" * 9, 8)
    assert (shard.unconfirmed, shard.size) == ({}, 0), "larger than everything that may be kept"


def test_what_is_forgotten_makes_room_once() -> None:
    shard = _Shard(0)
    shard.keep((1, 0), b"xxx", 10)
    shard.keep((2, 0), b"xx", 10)
    assert shard.forget((1, 0))
    assert not shard.forget((1, 0))
    assert shard.size == 2


def test_an_entry_that_was_stored_before_it_was_noted_is_not_kept() -> None:
    shard = _Shard(0, early={(1, 0)})
    shard.keep((1, 0), b"xxx", 10)
    assert (shard.unconfirmed, shard.size, shard.early) == ({}, 0, set())
