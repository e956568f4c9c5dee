"""Episodes follow from the counts alone: in whatever order they came, judged by whom, and however often begun anew."""

import random
from collections.abc import Iterable

import pytest

from core.db.engine import Database
from core.db.queries import query
from core.errors import DatabaseUnavailable
from core.statuses import store
from core.statuses.detector.params import Params
from core.statuses.episode import Stored
from statuses.judge import GRACE, Judge

NOW = 1_750_000_000.0 // 3600 * 3600
LENGTH = 300
BEGIN = int(NOW // 60) - LENGTH
USUAL = {"approved": 60.0, "denied": 5.0, "failed": 0.1}
Rows = list[tuple[int, str, int]]


def world(seed: int = 1, incident: range = range(200, 230), times: float = 6.0) -> Rows:
    """Five hours of counts by minute and status, with an incident of the denied."""
    draw = random.Random(seed)
    rows: Rows = []
    for at in range(LENGTH):
        for status, mean in USUAL.items():
            more = times if status == "denied" and at in incident else 1.0
            count = sum(draw.random() < mean * more / 200 for _ in range(200))
            if count:
                rows.append((BEGIN + at, status, count))
    return rows


def put(db: Database, rows: Iterable[tuple[int, str, int]], received_at: float, source: str = "shop") -> None:
    """Store rows as the writer does."""
    with db.raw() as connection, connection.cursor() as cursor:
        for minute, status, count in rows:
            cursor.execute(
                "INSERT INTO status_counts VALUES (to_timestamp(%s), %s, %s, '', '', %s, to_timestamp(%s))"
                " ON CONFLICT (timestamp, source, status, auth_code, dimensions) DO UPDATE SET count = excluded.count",
                (minute * 60, source, status, count, received_at),
            )
        minutes = sorted({minute for minute, _, _ in rows})
        cursor.executemany(
            "INSERT INTO status_changes (source, minute, received_at) VALUES (%s, %s, to_timestamp(%s))",
            [(source, minute, received_at) for minute in minutes],
        )


def judged(db: Database, now: float, judge: Judge | None = None) -> list[Stored]:
    """The episodes once everything is judged."""
    judge = judge or Judge(db, Params(), "one")
    while judge.step(now):
        pass
    return episodes(db)


def episodes(db: Database) -> list[Stored]:
    with db.transaction() as connection:
        return sorted(store.episodes_between(connection, 0, 2**31 - 1), key=lambda one: one.fired)


@pytest.fixture(scope="module")
def rows() -> Rows:
    return world()


def test_an_incident_is_one_episode_with_its_onset_and_end(db: Database, rows: Rows) -> None:
    put(db, rows, NOW)
    (found,) = judged(db, NOW + 60)
    assert abs(found.onset - (BEGIN + 200)) <= 1
    assert found.fired - (BEGIN + 200) <= 3
    assert found.told is not None
    assert found.ended is not None
    assert abs(found.ended - (BEGIN + 230)) <= 3
    first = found.evidence.moved[0]
    assert (first.kind, first.name) == ("status", "denied")
    assert 4 < first.now / first.usual < 8
    assert "denied" in found.evidence.headline
    assert "× usual since" in found.evidence.headline


def test_any_order_and_any_pace_give_the_same_episodes(db: Database, rows: Rows) -> None:
    put(db, rows, NOW, "at-once")
    expected = [one.evidence for one in judged(db, NOW + 60)]
    shuffled = sorted(rows, key=lambda row: row[0] + random.Random(row[0] * 7).uniform(-60, 60))
    judge = Judge(db, Params(), "one")
    for place in range(0, len(shuffled), 61):
        put(db, shuffled[place : place + 61], NOW, "shuffled")
        if place % 2:
            judge = Judge(db, Params(), "one")  # as after a kill: nothing is remembered
        judge.step(NOW + 1)
    found = judged(db, NOW + 60, judge)
    assert [one.evidence for one in found if one.source == "shuffled"] == expected
    put(db, rows, NOW, "shuffled")
    assert [one.evidence for one in judged(db, NOW + 60, judge) if one.source == "shuffled"] == expected


def test_a_late_correction_takes_an_episode_back(db: Database, rows: Rows) -> None:
    put(db, rows, NOW)
    assert len(judged(db, NOW + 60)) == 1
    put(db, [(at, status, 5) for at, status, _ in rows if status == "denied"], NOW)
    assert judged(db, NOW + 120) == []


def test_what_happened_long_ago_is_no_live_episode_and_what_happens_now_is(db: Database, rows: Rows) -> None:
    put(db, rows, NOW)
    assert [one.live for one in judged(db, NOW + 60)] == [False]
    judge = Judge(db, Params(), "one")
    for minute in sorted({row[0] for row in rows}):
        now = minute * 60 + 61.0
        put(db, [row for row in rows if row[0] == minute], now, "live")
        judge.step(now + GRACE)
    assert [one.live for one in episodes(db) if one.source == "live"] == [True]


def test_a_feed_that_falls_silent_is_an_episode_until_it_is_heard(db: Database, rows: Rows) -> None:
    judge = Judge(db, Params(), "one")
    ends = BEGIN + 150
    put(db, [row for row in rows if row[0] < ends], (ends - 1) * 60 + 70.0)
    judged(db, ends * 60 + 20.0, judge)
    assert episodes(db) == []
    judged(db, (ends + 3) * 60 + 20.0, judge)
    (found,) = episodes(db)
    assert (found.onset, found.told, found.live, found.pages) == (ends, None, True, True)
    assert found.evidence.moved[0].kind == "silence"
    back = ends + 9
    put(db, [row for row in rows if row[0] >= back and row[0] < back + 3], (back + 3) * 60.0)
    judged(db, (back + 4) * 60.0, judge)
    (found,) = episodes(db)
    assert found.told == back


def test_one_of_three_workers_judges(db: Database, rows: Rows) -> None:
    put(db, rows, NOW)
    workers = [Judge(db, Params(), f"worker-{n}") for n in range(3)]
    assert sorted(bool(one.step(NOW + 60)) for one in workers) == [False, False, True]
    assert len(judged(db, NOW + 60, next(one for one in workers if one.leads))) == 1


def test_a_persons_word_makes_what_goes_on_the_new_normal(db: Database) -> None:
    put(db, world(incident=range(200, 300)), NOW)
    (found,) = judged(db, NOW + 60)
    assert found.told is None
    with db.transaction() as connection:
        assert store.judge_episode(connection, found.id, "new-normal", "anna", (BEGIN + 250) * 60.0)
        connection.execute(query("status_feed.touch"), {"source": "shop", "minute": BEGIN + 250, "now": NOW})
    (found,) = judged(db, NOW + 60)
    assert found.told is not None
    assert found.told <= BEGIN + 252
    assert found.judgement == "new-normal"


def test_a_state_that_cannot_be_read_is_judged_anew(db: Database, rows: Rows) -> None:
    put(db, rows, NOW)
    (before,) = judged(db, NOW + 60)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE status_checkpoints SET state = 'x'")
    put(db, rows[-1:], NOW)
    (after,) = judged(db, NOW + 61)
    assert (after.id, after.evidence) == (before.id, before.evidence)


def test_a_correction_does_not_make_a_feed_that_goes_on_one_of_the_past(db: Database, rows: Rows) -> None:
    judge = Judge(db, Params(), "one")
    ends = BEGIN + 150
    put(db, [row for row in rows if row[0] < ends], (ends - 1) * 60 + 70.0)
    judged(db, (ends + 5) * 60.0, judge)
    put(db, [row for row in rows if row[0] == BEGIN + 100], (ends + 30) * 60.0)
    judged(db, (ends + 31) * 60.0, judge)
    with db.transaction() as connection:
        known = store.sources(connection)["shop"]
    assert (known.judged, known.late) == (ends + 29, 1)
    assert [one.told for one in episodes(db)] == [None]


def test_the_last_minute_of_a_replay_that_goes_on_is_judged_when_it_is_over(db: Database, rows: Rows) -> None:
    judge = Judge(db, Params(), "one")
    last = rows[-1][0]
    put(db, rows, NOW + 90_000)
    judged(db, NOW + 90_020, judge)
    put(db, [row for row in rows if row[0] == last], NOW + 90_021)
    judge.step(NOW + 90_022)
    judged(db, NOW + 90_040, judge)
    with db.transaction() as connection:
        assert store.sources(connection)["shop"].judged == last


def test_a_source_that_cannot_be_judged_says_why_and_holds_up_no_other(db: Database, rows: Rows) -> None:
    judge = Judge(db, Params(), "one")
    for source in ("broken", "shop"):
        put(db, rows[:-2], NOW, source)
    judged(db, NOW + 60, judge)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO status_baselines VALUES ('broken', 1, 'no state', 'past.csv', 'anna', to_timestamp(%s), true)",
            ((BEGIN + 250) * 60,),
        )
    for source in ("broken", "shop"):
        put(db, rows, NOW, source)
    judged(db, NOW + 60, judge)
    with db.transaction() as connection:
        known = store.sources(connection)
    assert known["shop"].problem == ""
    assert known["shop"].judged == rows[-1][0]
    assert "state" in known["broken"].problem
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE status_baselines SET in_force = false")
    judged(db, NOW + 60, judge)
    with db.transaction() as connection:
        assert store.sources(connection)["broken"] == known["shop"]._replace(source="broken")


def test_history_that_comes_after_what_goes_on_is_not_late(db: Database, rows: Rows) -> None:
    begins = BEGIN + 250
    put(db, [row for row in rows if row[0] >= begins], NOW)
    judge = Judge(db, Params(), "one")
    judged(db, NOW + 60, judge)
    put(db, [row for row in rows if row[0] < begins], NOW)
    judged(db, NOW + 60, judge)
    with db.transaction() as connection:
        known = store.sources(connection)["shop"]
    assert (known.first, known.late) == (BEGIN, 0)
    assert len(episodes(db)) == 1


def test_nobody_leads_while_postgresql_is_away(db: Database, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    put(db, rows[:9], NOW)
    judge = Judge(db, Params(), "one")
    judge.step(NOW)
    assert judge.leads

    def away(*_: object) -> None:
        raise DatabaseUnavailable("gone")

    monkeypatch.setattr(Database, "transaction", away)
    with pytest.raises(DatabaseUnavailable):
        judge.step(NOW)
    assert not judge.leads
