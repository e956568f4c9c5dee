"""The loop of a worker: what a job returns is written with its end or not at all; failures have sentences."""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from core.db.engine import Connection, Database
from core.db.jobs import queue, runner
from core.db.jobs.queue import Kind, Stopped
from core.db.jobs.runner import Done, Failed, Runner, Work
from core.errors import BadInput, DatabaseUnavailable
from tests.jobs import claimed

NOW = time.time()
KIND = Kind("plain", stopped="stopped by {actor}, halfway")
MARK = text("INSERT INTO switches (name, is_on, actor, reason, at) VALUES ('mark', true, 'job', '', now())")


def working(db: Database, run: Callable[[Any, Work], Done], told: list[tuple[str, str]] | None = None) -> Runner[str]:
    heard = [] if told is None else told
    module = SimpleNamespace(KIND=KIND, run=run)
    return Runner(db, [module], "hands", "test worker", lambda kind, word, _: heard.append((kind, word)))


def ask(db: Database, **payload: object) -> int:
    with db.transaction() as connection:
        return queue.enqueue(connection, KIND, payload=payload).id


def stand(db: Database) -> tuple[str, str, bool]:
    """State and message of the job, and whether its mark is there."""
    with db.transaction() as connection:
        job = connection.execute(text("SELECT state, message FROM jobs")).one()
        marked = connection.execute(text("SELECT count(*) FROM switches WHERE name = 'mark'")).scalar_one()
    return job.state, job.message, bool(marked)


def mark(connection: Connection) -> None:
    connection.execute(MARK)


def test_a_job_is_done_and_what_it_returns_is_written_with_its_end(db: Database) -> None:
    told: list[tuple[str, str]] = []
    ask(db, n=3)
    given: list[object] = []

    def run(hands: str, work: Work) -> Done:
        given.extend((hands, work.job.payload))
        return Done("three", mark, "refused")

    worker = working(db, run, told)
    assert worker.step("plain", NOW)
    assert not worker.step("plain", NOW)
    assert given == ["hands", {"n": 3}]
    assert stand(db) == ("done", "three", True)
    assert told == [("plain", "refused")]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (BadInput("label", "there is none"), "label: there is none"),
        (Failed("nothing to do"), "nothing to do"),
        (ZeroDivisionError(), "an error of ours: ZeroDivisionError; the log of the test worker has more"),
    ],
)
def test_what_fails_says_so_and_is_not_tried_again(db: Database, error: Exception, message: str) -> None:
    ask(db)

    def run(_: str, __: Work) -> Done:
        raise error

    assert working(db, run).step("plain", NOW)
    assert stand(db) == ("failed", message, False)
    assert not working(db, run).step("plain", NOW + 1000)


def test_a_write_that_fails_takes_the_end_back_and_fails_the_job(db: Database) -> None:
    ask(db)

    def write(connection: Connection) -> None:
        mark(connection)
        raise KeyError("oh")

    assert working(db, lambda *_: Done("well", write)).step("plain", NOW)
    assert stand(db)[::2] == ("failed", False)


def test_while_the_database_is_away_the_job_is_left_to_its_lease(db: Database) -> None:
    ask(db)

    def away(_: str, __: Work) -> Done:
        raise DatabaseUnavailable("gone")

    worker = working(db, away)
    with pytest.raises(DatabaseUnavailable):
        worker.step("plain", NOW)
    worker.renew(NOW + 30)  # it is not in hand any more
    assert working(db, lambda *_: Done("again")).step("plain", NOW + queue.LEASE_SECONDS + 1)
    assert stand(db)[:2] == ("done", "again")


def test_a_worker_that_lost_its_job_writes_nothing(db: Database) -> None:
    told: list[tuple[str, str]] = []
    ask(db)

    def slow(_: str, __: Work) -> Done:
        claimed(db, KIND, NOW + 1000)
        return Done("late", mark)

    assert working(db, slow, told).step("plain", NOW)
    assert stand(db) == ("running", "started", False)
    assert told == []


def test_a_job_that_is_stopped_ends_at_its_next_word(db: Database) -> None:
    job = ask(db)

    def run(_: str, work: Work) -> Done:
        work.tell(0.1, "reading")
        with db.transaction() as connection:
            assert queue.cancel(connection, job, "olga", NOW) == "asked"
        with pytest.raises(Stopped):
            work.tell(0.2, "writing")
        work.tell(0.3, "closing")
        raise AssertionError("it went on")

    assert working(db, run).step("plain", NOW)
    assert stand(db) == ("cancelled", "stopped by olga, halfway", False)


def test_small_steps_ask_once_a_second_and_new_stages_at_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[float, str]] = []
    right = queue.renew

    def heard(database: Database, job: queue.Job, share: float, what: str, *rest: float) -> None:
        said.append((share, what))
        right(database, job, share, what, *rest)

    def run(_: str, work: Work) -> Done:
        for n in range(16):
            work.tell(n / 64, f"reading, row {n}")
        work.tell(0.25, "writing")
        monkeypatch.setattr(runner, "STOP_SECONDS", 0.0)
        work.tell(0.26, "writing")
        return Done()

    monkeypatch.setattr(queue, "renew", heard)
    monkeypatch.setattr(runner, "STOP_SECONDS", 3600.0)
    ask(db)
    assert working(db, run).step("plain", NOW)
    assert [what for _, what in said] == [
        "reading, row 0",
        *(f"reading, row {n}" for n in (4, 8, 12)),
        "writing",
        "writing",
    ]


def test_the_lease_of_what_is_in_hand_is_kept(db: Database) -> None:
    ask(db)

    def run(_: str, work: Work) -> Done:
        worker.renew(NOW + 50)
        assert queue.claim(db, KIND, "other", NOW + queue.LEASE_SECONDS + 1) is None
        return Done()

    worker = working(db, run)
    assert worker.step("plain", NOW)
    assert stand(db)[0] == "done"


def test_a_worker_has_a_task_for_each_kind_and_one_for_leases(db: Database) -> None:
    tasks = working(db, lambda *_: Done()).tasks({"plain": 2.0})
    assert [(task.name, task.every) for task in tasks] == [("plain", 2.0), ("renew", queue.LEASE_SECONDS / 4)]
    ask(db)
    assert tasks[0].run(NOW)
    assert stand(db)[0] == "done"
