"""A process is killed moments after it accepted events, the stream is deleted, and no collector runs: all is named.

Real PostgreSQL, real Redis, a real process. Counts what was accepted, what is stored, what is doubled, and how much the
next collector names as lost: accepted = stored + named, or the time of it is named where Redis knows nothing any more.
"""

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from collector.consume import Consume
from collector.dead_publishers import LOST
from collector.stream_watch import StreamWatch
from core import settings
from core.db import keys
from core.pipeline import stream_waiting
from core.pipeline.publisher import EventPublisher
from core.pipeline.stream import Consumer
from core.stores import Stores, assemble
from tests.integration.alerts.making import rows
from tests.tree import ROOT

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]
ROUNDS = int(os.environ.get("GATEHOUSE_FAULT_ROUNDS", "3"))
MOST = 400


@pytest.fixture
def stores(database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    found = assemble(settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url}))
    yield found
    found.close()


def deleted(stores: Stores) -> None:
    stores.live.redis.delete(keys.STREAM)


def trimmed(stores: Stores) -> None:
    stores.live.redis.xtrim(keys.STREAM, maxlen=7, approximate=False)


def emptied(stores: Stores) -> None:
    stores.live.redis.flushall()


def left_alone(stores: Stores) -> None:
    pass


@pytest.mark.parametrize("way", [left_alone, deleted, trimmed, emptied])
@pytest.mark.parametrize("taken", [0, 40], ids=["nothing stored", "a part stored"])
def test_what_was_lost_with_its_publisher_is_named(
    stores: Stores,
    database_url: str,
    redis_url: str,
    capsys: pytest.CaptureFixture[str],
    way: Callable[[Stores], None],
    taken: int,
) -> None:
    chance, totals = random.Random(11), [0] * 4
    for number in range(ROUNDS):
        run = f"{way.__name__}{taken}x{number}"
        accepted = killed_within_the_second(database_url, redis_url, run, chance.uniform(0.0, 1.0))
        collect(stores, entries=taken)  # the last thing that a collector stored before
        way(stores)
        later = time.time() + stream_waiting.DEAD_SECONDS + 1
        watch = StreamWatch(stores.live, stores.database, stores.publisher.publish)
        watch.step(later)
        collect(stores)
        watch.step(later + 60)
        collect(stores)
        mine = f"SELECT transaction_id FROM transactions WHERE transaction_id LIKE '{run}-%'"
        found = [name for (name,) in rows(stores.database, mine)]
        said = [text for (text,) in rows(stores.database, f"SELECT text FROM security_events WHERE action = '{LOST}'")]
        lost, doubled = len(accepted - set(found)), len(found) - len(set(found))
        named = sum(int(count.replace(",", "")) for text in said for count in re.findall(r"^([\d,]+) of the", text))
        totals = [sum(pair) for pair in zip(totals, (len(accepted), lost, doubled, named), strict=True)]
        assert doubled == 0
        if way is emptied:
            assert lost == 0 or any("Redis was emptied" in text for text in said)
        else:
            assert lost <= named <= lost + 1, said  # one more when it was killed between accepting and saying so
        others = f"SELECT 1 FROM stream_publishers WHERE publisher <> '{stores.publisher._me()}'"
        assert rows(stores.database, others) == []
        assert stores.live.redis.keys("*accepted*") == []
        with stores.database.raw() as connection, connection.cursor() as cursor:
            cursor.execute("TRUNCATE security_events")
    with capsys.disabled():
        told = dict(zip(("accepted", "lost", "doubled", "named"), totals, strict=True))
        print(f"\n  {way.__name__}, {taken} stored before, {ROUNDS} kills: {told}", end="")


def killed_within_the_second(database_url: str, redis_url: str, run: str, seconds: float) -> set[str]:
    """The names that a process accepted until it was killed, `seconds` after its first."""
    environ = {**os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url}
    command = [sys.executable, "-m", "tests.faults.publishing", run, str(MOST)]
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    accepted = {first.strip(), *(line.strip() for line in process.stdout if line.endswith("\n"))}
    process.wait()
    assert accepted
    return accepted


def collect(stores: Stores, entries: int | None = None) -> None:
    """Store so many entries, or all that wait."""
    consumer = Consumer(stores.live, "a")
    loop = Consume(consumer, stores.writer, stores.database, settings.load({}).config.ingest, lambda _: None)
    if entries is not None:
        consumer.read(1, 1)  # makes the group
        taken = consumer.read(entries, 1) if entries else []
        loop._store(taken)
        if taken:
            consumer.acknowledge([entry for entry, _ in taken])
        return
    idle = 0
    while idle < 3:
        idle = 0 if loop.step() else idle + 1
