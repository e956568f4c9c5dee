"""Stored events reach every sink at least once, in order, whatever happens; one bad event does not stop the rest."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from collector.export import Export, exports
from collector.sink import Item, SinkAway, SinkRefused
from core import codec, settings
from core.errors import ConfigError
from core.events.types import Security
from core.stores import Stores, assemble


class Siem:
    """A sink that is away, refuses, or dies when it is told to."""

    batch = 3

    def __init__(self) -> None:
        self.got: list[str] = []
        self.away = False
        self.refused = ""
        self.dies = False

    def send(self, items: Sequence[Item]) -> None:
        if self.away:
            raise SinkAway("test")
        if self.refused in [item.id for item in items]:
            raise SinkRefused("bad")
        self.got += [item.id for item in items]
        if self.dies:
            raise KeyboardInterrupt

    def close(self) -> None:
        """Nothing."""


@pytest.fixture
def stores(database_url: str, redis_url: str) -> Iterator[Stores]:
    made = assemble(settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url}))
    yield made
    made.close()


def put(stores: Stores, *names: str) -> None:
    for name in names:
        stores.writer.store([Security(id=name, timestamp=time.time(), severity="low", text=name)], time.time())


def test_nothing_is_lost_while_the_sink_is_away_and_a_restart_goes_on(stores: Stores) -> None:
    siem = Siem()
    export = Export(stores.database, "siem", "ecs", siem)
    put(stores, "a", "b")
    assert export.step() == 2
    siem.away = True
    put(stores, "c", "d", "e", "f")
    assert export.step() == 0
    siem.away = False
    assert export.step() == 0, "the pause lasts"
    assert Export(stores.database, "siem", "ecs", siem).step() == 4
    assert siem.got == ["a", "b", "c", "d", "e", "f"]


def test_a_crash_after_sending_repeats_the_batch_with_its_ids(stores: Stores) -> None:
    siem = Siem()
    put(stores, "a", "b")
    siem.dies = True
    with pytest.raises(KeyboardInterrupt):
        Export(stores.database, "siem", "ecs", siem).step()
    siem.dies = False
    Export(stores.database, "siem", "ecs", siem).step()
    assert siem.got == ["a", "b", "a", "b"]


def test_one_bad_event_is_noted_and_passed_over(stores: Stores) -> None:
    siem = Siem()
    siem.refused = "b"
    put(stores, "a", "b", "c", "d")
    Export(stores.database, "siem", "ecs", siem).step()
    assert siem.got == ["a", "c", "d"]
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT sink, event_id, reason FROM sink_refusals")
        assert cursor.fetchall() == [("siem", "b", "bad")]


def test_sinks_are_independent_and_only_one_process_serves_each(stores: Stores) -> None:
    one, other = Siem(), Siem()
    one.away = True
    put(stores, "a")
    Export(stores.database, "one", "ecs", one).step()
    Export(stores.database, "other", "ecs", other).step()
    assert (one.got, other.got) == ([], ["a"])
    put(stores, "b")

    class Slow(Siem):
        def send(self, items: Sequence[Item]) -> None:
            Export(stores.database, "other", "ecs", other).step()
            super().send(items)

    slow = Slow()
    Export(stores.database, "other", "ecs", slow).step()
    assert (slow.got, other.got) == (["b"], ["a"]), "while one holds the cursor, another sends nothing"


def test_an_event_stored_late_under_a_smaller_number_is_not_missed(stores: Stores) -> None:
    """Two writers at once: the one that took its number first commits last."""
    import threading

    siem = Siem()
    export = Export(stores.database, "siem", "ecs", siem)
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(7305011)")
        insert = "INSERT INTO security_events (timestamp, severity, id, text, category, outcome, source)"
        cursor.execute(f"{insert} VALUES (now(), 'low', 'first', 't', 'host', 'unknown', 's')")
        with stores.database.raw() as second, second.cursor() as its:
            its.execute("SELECT pg_advisory_xact_lock_shared(7305011)")
            its.execute(f"{insert} VALUES (now(), 'low', 'second', 't', 'host', 'unknown', 's')")
        thread = threading.Thread(target=export.step)
        thread.start()
        time.sleep(0.3)
        assert siem.got == []
    thread.join(10)
    assert siem.got == ["first", "second"]


def configured(tmp_path: Path, text: str) -> settings.Settings:
    import shutil

    shutil.copytree(settings.ROOT / "config", tmp_path / "config")
    (tmp_path / "config" / "sinks.toml").write_text(text)
    return settings.load({"GATEHOUSE_CONFIG": str(tmp_path / "config")})


def test_sinks_are_made_from_the_file(stores: Stores, tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    known = configured(
        tmp_path,
        f'[[sink]]\nkind = "file"\nname = "a"\npath = "{path}"\n'
        '[[sink]]\nkind = "http"\nname = "b"\nformat = "ocsf"\nurl = "https://siem.example.org/in"\n'
        '[[sink]]\nkind = "syslog"\nname = "c"\naddress = "siem.example.org:6514"\n',
    )
    found = exports(known, stores.database)
    put(stores, "x")
    assert found[0].step() == 1
    assert codec.decode(path.read_bytes())["event"]["id"] == "x"
    assert exports(settings.load({}), stores.database) == []


@pytest.mark.parametrize(
    "text",
    [
        '[[sink]]\nkind = "pigeon"\nname = "a"\n',
        '[[sink]]\nkind = "http"\nname = "a"\nurl = "ftp://x"\n',
        '[[sink]]\nkind = "file"\nname = "a"\npath = "x"\ncolour = "red"\n',
        '[[sink]]\nkind = "file"\nname = "a"\npath = "x"\n[[sink]]\nkind = "file"\nname = "a"\npath = "y"\n',
    ],
)
def test_wrong_sinks_are_named(stores: Stores, tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"sinks\.toml"):
        exports(configured(tmp_path, text), stores.database)
