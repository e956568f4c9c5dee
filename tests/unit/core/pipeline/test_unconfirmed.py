"""What a process keeps of a shard until it is stored: within its bounds, and nothing that was stored already."""

from core.pipeline.stream_news import News
from core.pipeline.unconfirmed import EARLY, Kept, Unconfirmed


def kept(payload: bytes, name: bytes = b"name") -> Kept:
    return Kept(payload, name)


def test_the_oldest_goes_when_there_is_more_than_may_be_kept() -> None:
    shard = Unconfirmed(0)
    for number in range(1, 4):
        shard.keep((number, 0), kept(b"x" * 4), 8)
    assert list(shard.entries) == [(2, 0), (3, 0)]
    assert shard.size == 8
    shard.keep((4, 0), kept(b"x" * 9), 8)
    assert (shard.entries, shard.size) == ({}, 0), "larger than everything that may be kept"


def test_only_the_entry_that_is_meant_is_forgotten() -> None:
    shard = Unconfirmed(0)
    mine, other = kept(b"xxx"), kept(b"xxx")
    shard.keep((1, 0), mine, 10)
    shard.forget((1, 0), other)
    assert shard.entries == {(1, 0): mine}
    shard.forget((1, 0), mine)
    assert (shard.entries, shard.size) == ({}, 0)


def test_what_is_forgotten_makes_room_once() -> None:
    shard = Unconfirmed(0)
    mine = kept(b"xxx")
    shard.keep((1, 0), mine, 10)
    shard.keep((2, 0), kept(b"xx"), 10)
    for _ in range(2):
        shard.forget((1, 0), mine)
        assert (list(shard.entries), shard.size) == ([(2, 0)], 2)


def test_an_entry_that_was_stored_before_it_was_noted_is_not_kept() -> None:
    shard = Unconfirmed(0)
    shard.confirm([((1, 0), b"name")])
    shard.keep((1, 0), kept(b"xxx"), 10)
    assert (shard.entries, shard.size, shard.early) == ({}, 0, set())


def test_of_what_is_known_by_its_id_alone_postgresql_is_asked() -> None:
    """A collector of a release before tells no names, and another entry may have had the id."""
    shard = Unconfirmed(0)
    shard.keep((1, 0), kept(b"xxx"), 10)
    shard.confirm([((1, 0), b""), ((2, 0), b"")])
    shard.keep((2, 0), kept(b"xx"), 10)
    assert (shard.entries, shard.size) == ({(1, -1): kept(b"xxx"), (2, -1): kept(b"xx")}, 5)
    assert all(News([], None, (0, 0)).lacks(entry) for entry in shard.entries)
    assert not shard.early


def test_what_another_entry_of_that_id_became_says_nothing() -> None:
    shard = Unconfirmed(0)
    shard.confirm([((1, 0), b"other")])
    shard.keep((1, 0), kept(b"xxx"), 10)
    assert shard.entries == {(1, 0): kept(b"xxx")}
    shard.confirm([((1, 0), b"other")])
    assert shard.entries == {(1, 0): kept(b"xxx")}
    shard.confirm([((1, 0), b"name")])
    assert (shard.entries, shard.size, shard.early) == ({}, 0, set())


def test_entries_of_one_id_are_all_kept_and_count_as_gone() -> None:
    shard = Unconfirmed(0)
    for number in range(4):
        shard.keep((5, 2), kept(b"x" * 3, b"%d" % number), 100)
    assert sorted(one.name for one in shard.entries.values()) == [b"0", b"1", b"2", b"3"]
    assert shard.size == 12
    assert sum(News([], (5, 0), (0, 0)).lacks(entry) for entry in shard.entries) == 4
    for entry, one in list(shard.entries.items()):
        shard.forget(entry, one)
    assert shard.size == 0


def test_what_came_early_is_bounded_and_of_one_look() -> None:
    shard = Unconfirmed(0)
    shard.confirm([((1, number), b"") for number in range(EARLY + 5)])
    assert len(shard.early) == EARLY
    shard.confirm([])
    assert not shard.early
