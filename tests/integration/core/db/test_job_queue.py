"""The queue's protocol: order, groups, leases, stopping, giving up; and a worker without its lease writes nothing."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from core.db.engine import Database
from core.db.jobs import queue
from core.db.jobs.queue import Job, Kind, Lost, Stopped
from tests.jobs import claimed, end

NOW = time.time()
PLAIN = Kind("plain")
TWO = Kind("two", most_alive=2)


def ask(db: Database, kind: Kind = PLAIN, **more: object) -> int:
    with db.transaction() as connection:
        return queue.enqueue(connection, kind, **more).id  # type: ignore[arg-type]


def names(db: Database, kind: Kind, count: int) -> list[str]:
    return [claimed(db, kind, NOW).payload["name"] for _ in range(count)]


def states(db: Database) -> list[tuple[str, str]]:
    with db.transaction() as connection:
        return [(row.state, row.message) for row in connection.execute(text("SELECT * FROM jobs ORDER BY id"))]


def test_a_key_is_one_job_of_its_kind(db: Database) -> None:
    first = ask(db, key="a")
    assert ask(db, key="a") == first
    assert ask(db, key="b") != first != ask(db, TWO, key="a")
    with db.transaction() as connection:
        assert not queue.enqueue(connection, PLAIN, key="a").is_new
        assert queue.enqueue(connection, PLAIN, key="c").is_new


def test_two_that_ask_at_once_ask_for_one(db: Database) -> None:
    """The second waits for the first's transaction and gets its job."""
    asked = threading.Event()

    def second() -> int:
        asked.set()
        return ask(db, key="a")

    with ThreadPoolExecutor(1) as pool:
        with db.transaction() as connection:
            first = queue.enqueue(connection, PLAIN, key="a").id
            waiting = pool.submit(second)
            assert asked.wait(5)
            time.sleep(0.2)
            assert not waiting.done()
        assert waiting.result(5) == first


def test_the_most_urgent_comes_first_then_what_is_due_longest(db: Database) -> None:
    for name, priority, due in [("late", 0, NOW - 1), ("early", 0, NOW - 9), ("never yet", 0, NOW + 9),
                                ("urgent", 2, NOW - 1), ("at once", 0, None), ("second", 0, None)]:  # fmt: skip
        ask(db, priority=priority, due_at=due, payload={"name": name})
    assert names(db, PLAIN, 5) == ["urgent", "at once", "second", "early", "late"]
    assert queue.claim(db, PLAIN, "w", NOW) is None
    assert claimed(db, PLAIN, NOW + 9).payload == {"name": "never yet"}


def test_kinds_do_not_see_one_another(db: Database) -> None:
    ask(db, TWO)
    assert queue.claim(db, PLAIN, "w", NOW) is None


def test_a_group_has_only_so_many_alive(db: Database) -> None:
    other = Kind("other", most_alive=2, group="two")
    for kind in (TWO, other, other):
        ask(db, kind)
    first = claimed(db, TWO, NOW, 30)
    claimed(db, other, NOW + 20, 30)
    assert queue.claim(db, other, "w", NOW + 20) is None
    end(db, first, "done", "", NOW + 21)
    claimed(db, other, NOW + 21)


def test_a_group_counts_only_the_living(db: Database) -> None:
    ids = [ask(db, TWO) for _ in range(3)]
    assert [claimed(db, TWO, NOW, 30).id for _ in range(2)] == ids[:2]
    assert claimed(db, TWO, NOW + 31).id == ids[0]  # its worker is gone: it comes before what has not begun


def test_many_workers_at_once_pass_no_limit_and_share_no_job(db: Database) -> None:
    for kind in (PLAIN, TWO):
        for _ in range(8):
            ask(db, kind)

    def take(kind: Kind) -> list[int]:
        found = (queue.claim(db, kind, "w", NOW) for _ in range(3))
        return [job.id for job in found if job is not None]

    with ThreadPoolExecutor(8) as pool:
        plain = [job for jobs in pool.map(take, [PLAIN] * 4) for job in jobs]
        two = [job for jobs in pool.map(take, [TWO] * 4) for job in jobs]
    assert len(plain) == len(set(plain)) > 2
    assert len(two) == len(set(two)) == 2


def write_and_end(db: Database, job: Job) -> None:
    with db.transaction() as connection:
        queue.enqueue(connection, PLAIN, key="written by a ghost")
        queue.finish(connection, job, "done", "", NOW + 12)


def test_a_lost_lease_writes_nothing(db: Database) -> None:
    ask(db)
    ghost = claimed(db, PLAIN, NOW, 10)
    now_mine = claimed(db, PLAIN, NOW + 11)
    assert (now_mine.id, now_mine.claim, now_mine.attempts) == (ghost.id, 2, 2)
    with pytest.raises(Lost):
        queue.renew(db, ghost, 0.9, "I live", NOW + 12)
    with pytest.raises(Lost):
        write_and_end(db, ghost)
    end(db, now_mine, "done", "well", NOW + 13)
    with pytest.raises(Lost):
        end(db, now_mine, "done", "twice", NOW + 14)
    assert states(db) == [("done", "well")]


def test_a_lease_that_ran_out_and_that_nobody_took_is_still_good(db: Database) -> None:
    ask(db)
    job = claimed(db, PLAIN, NOW, 10)
    queue.renew(db, job, 0.5, "half", NOW + 20)
    assert queue.claim(db, PLAIN, "w", NOW + 21) is None


def test_one_that_kills_its_workers_is_given_up(db: Database) -> None:
    kind = Kind("deadly", most_attempts=2, abandoned="dead {attempts} times")
    ask(db, kind)
    claimed(db, kind, NOW, 10)
    last = claimed(db, kind, NOW + 20, 10)
    assert queue.claim(db, kind, "w", NOW + 40) is None
    assert states(db) == [("failed", "dead 2 times")]
    with pytest.raises(Lost):
        end(db, last, "done", "", NOW + 41)


def stop(db: Database, job: int, now: float) -> str | None:
    with db.transaction() as connection:
        return queue.cancel(connection, job, "olga", now)


def test_a_job_that_waits_is_cancelled_at_once(db: Database) -> None:
    job = ask(db)
    assert stop(db, job, NOW) == "cancelled"
    assert stop(db, job, NOW) is None
    assert queue.claim(db, PLAIN, "w", NOW) is None
    assert states(db) == [("cancelled", "cancelled by olga before it began")]


def test_a_job_under_way_hears_of_it_and_cannot_end_well(db: Database) -> None:
    ask(db)
    job = claimed(db, PLAIN, NOW)
    assert stop(db, job.id, NOW + 1) == "asked"
    with pytest.raises(Stopped, match="stopped by olga"):
        queue.renew(db, job, 0.5, "half", NOW + 2)
    with pytest.raises(Stopped):
        end(db, job, "done", "too late", NOW + 3)
    end(db, job, "cancelled", "stopped", NOW + 3)
    assert states(db) == [("cancelled", "stopped")]


def test_one_whose_worker_is_gone_is_cancelled_at_once(db: Database) -> None:
    ask(db)
    job = claimed(db, PLAIN, NOW, 10)
    assert stop(db, job.id, NOW + 11) == "cancelled"
    assert states(db) == [("cancelled", "cancelled by olga; its worker had ended")]
    with pytest.raises(Lost):
        queue.renew(db, job, 0.5, "I live", NOW + 12)


def test_one_whose_worker_dies_after_the_stop_is_not_taken_up_again(db: Database) -> None:
    ask(db)
    job = claimed(db, PLAIN, NOW, 10)
    assert stop(db, job.id, NOW + 1) == "asked"
    assert queue.claim(db, PLAIN, "w", NOW + 11) is None
    assert states(db) == [("cancelled", "cancelled by olga; its worker had ended")]


def test_stages_are_kept_in_their_order_and_progress_does_not_go_back(db: Database) -> None:
    ask(db)
    job = claimed(db, PLAIN, NOW)
    for share, what in [(0.1, "reading, row 1"), (0.3, "reading, row 9"), (0.2, "writing"), (7.0, "closing")]:
        queue.renew(db, job, share, what, NOW)
    with db.transaction() as connection:
        (row,) = connection.execute(text("SELECT stages, progress FROM jobs")).all()
    assert [stage["what"] for stage in row.stages] == ["started", "reading", "writing", "closing"]
    assert row.progress == 1.0


def test_retention_drops_what_ended_long_ago_and_nothing_else(db: Database) -> None:
    old, new, _running, _waiting = (ask(db) for _ in range(4))
    for age in (100, 10):
        end(db, claimed(db, PLAIN, NOW), "done", "", NOW - age)
    claimed(db, PLAIN, NOW)
    ask(db, TWO)
    end(db, claimed(db, TWO, NOW), "done", "", NOW - 100)
    with db.transaction() as connection:
        assert queue.drop(connection, PLAIN, NOW - 50) == 1
        left = connection.execute(text("SELECT id FROM jobs WHERE kind = 'plain'")).scalars().all()
    assert old not in left
    assert new in left
    assert len(left) == 3


def test_a_job_that_was_never_claimed_is_nobodys(db: Database) -> None:
    job = Job(ask(db), "plain", 0, 0, "w", {})
    with pytest.raises(Lost):
        end(db, job, "done", "", NOW)
