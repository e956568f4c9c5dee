"""How long a session lasts, what Redis keeps of a user's sessions, and what ends when one store is away (X7)."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text

from console.auth.session_store import Named
from console.auth.sessions import TOUCH_SECONDS, Session, SessionOver, Sessions
from console.auth.standing import Standing
from core import clock
from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable, RedisUnavailable
from core.identity import users
from tests.integration.console.conftest import HASH

IDLE, ABSOLUTE = 1000.0, 5000.0
START = 1_800_000_000.0
Go = Callable[[float], None]


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Go:
    """Set the clock to so many seconds after the start, where it stands still."""

    def to(seconds: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: START + seconds)

    to(0)
    return to


@pytest.fixture
def sessions(live: Live, db: Database) -> Sessions:
    return Sessions(live, db, IDLE, ABSOLUTE)


@pytest.fixture
def ann(db: Database) -> int:
    with db.transaction() as connection:
        user = users.insert(connection, "ann", "viewer", password_hash=HASH)
    assert user
    return user.id


def begin(sessions: Sessions, db: Database, user_id: int, old: str | None = None, agent: str = "") -> str:
    with db.transaction() as connection:
        return sessions.start(connection, "ann", user_id, "viewer", "", agent, clock.now(), old)


def found(sessions: Sessions, token: str) -> Session:
    session = sessions.find(token)
    assert session
    return session


def fields(live: Live, user_id: int) -> set[str]:
    return {field.decode() for field in live.redis.hkeys(keys.sessions(user_id))}


def rows(db: Database) -> int:
    with db.transaction() as connection:
        return int(connection.execute(text("SELECT count(*) FROM console_sessions")).scalar_one())


def id_of(token: str) -> str:
    return token.split(".")[1]


def test_an_idle_session_ends_when_its_time_is_over_and_not_before(
    sessions: Sessions, db: Database, live: Live, ann: int, go: Go
) -> None:
    kept, left = begin(sessions, db, ann), begin(sessions, db, ann)
    go(IDLE)
    assert sessions.find(kept)
    go(IDLE + 1)
    assert sessions.find(left) is None
    assert fields(live, ann) == {id_of(kept)}, "an ended session is cleared from Redis"
    go(2 * IDLE)
    assert sessions.find(kept), "its use began the idle time anew"


def test_no_use_keeps_a_session_beyond_its_absolute_time(sessions: Sessions, db: Database, ann: int, go: Go) -> None:
    token = begin(sessions, db, ann)
    for seconds in range(0, int(ABSOLUTE) + 1, 500):
        go(seconds)
        assert sessions.find(token)
    go(ABSOLUTE + 1)
    assert sessions.of(ann) == []
    assert sessions.find(token) is None


def test_use_is_noted_once_a_minute(sessions: Sessions, db: Database, ann: int, go: Go) -> None:
    token = begin(sessions, db, ann)
    go(TOUCH_SECONDS)
    assert found(sessions, token).seen == START
    go(TOUCH_SECONDS + 1)
    assert found(sessions, token).seen == START + TOUCH_SECONDS + 1
    assert sessions.of(ann)[0].seen == START + TOUCH_SECONDS + 1


def test_a_request_under_way_does_not_undo_a_move(
    sessions: Sessions, db: Database, ann: int, go: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would write the old cookie back, and the person who just showed a second factor would be out."""
    token = begin(sessions, db, ann)
    session, role, moved = found(sessions, token), Standing.role, list[str]()
    go(TOUCH_SECONDS + 1)

    def then_move(standing: Standing, named: Named) -> str | None:
        known = role(standing, named)
        with db.transaction() as connection:
            moved.append(sessions.raised(connection, session))
        return known

    with monkeypatch.context() as patch:
        patch.setattr(Standing, "role", then_move)
        sessions.find(token)
    assert found(sessions, moved[0]).id == session.id


def test_a_new_session_clears_what_redis_keeps_of_ended_ones(
    sessions: Sessions, db: Database, live: Live, ann: int, go: Go
) -> None:
    old = begin(sessions, db, ann)
    for seconds in range(0, 4801, 800):
        go(seconds)
        assert sessions.find(old)
    go(4200)
    idle, used = begin(sessions, db, ann), begin(sessions, db, ann)
    live.redis.hset(keys.sessions(ann), "broken", b"{")
    live.redis.hset(keys.sessions(ann), "of-another-version", b'{"user": "ann"}')
    go(ABSOLUTE)
    other = begin(sessions, db, ann)
    assert id_of(old) in fields(live, ann), "not over yet"
    go(5200)
    assert sessions.find(used)
    fresh = begin(sessions, db, ann)
    assert fields(live, ann) == {id_of(one) for one in (idle, used, other, fresh)}, (
        "the first is over its absolute time"
    )
    assert rows(db) == 4
    go(5201)
    last = begin(sessions, db, ann)
    assert fields(live, ann) == {id_of(one) for one in (used, other, fresh, last)}, "one was idle for too long"


def test_redis_keeps_sessions_for_an_hour_longer_than_they_can_last(
    sessions: Sessions, db: Database, live: Live, ann: int, go: Go
) -> None:
    token = begin(sessions, db, ann)
    assert ABSOLUTE + 3590 <= live.redis.ttl(keys.sessions(ann)) <= ABSOLUTE + 3600
    live.redis.expire(keys.sessions(ann), 10)
    go(TOUCH_SECONDS + 1)
    assert sessions.find(token)
    assert live.redis.ttl(keys.sessions(ann)) >= ABSOLUTE + 3590


def test_a_login_replaces_the_session_of_the_cookie_that_came_with_it(
    sessions: Sessions, db: Database, live: Live, ann: int
) -> None:
    old, other = begin(sessions, db, ann), begin(sessions, db, ann)
    forged = f"{old.rpartition('.')[0]}.{'x' * 43}"
    fresh = begin(sessions, db, ann, forged)
    begin(sessions, db, ann, "of another form")
    assert sessions.find(old), "a cookie with another secret ends nothing"
    begin(sessions, db, ann, old)
    assert sessions.find(old) is None
    assert id_of(old) not in fields(live, ann)
    assert sessions.find(other)
    assert sessions.find(fresh)
    assert rows(db) == 4


def test_sessions_are_listed_last_used_first_with_a_short_agent(
    sessions: Sessions, db: Database, ann: int, go: Go
) -> None:
    first = begin(sessions, db, ann, agent="x" * 500)
    go(10)
    second = begin(sessions, db, ann)
    assert [one.id for one in sessions.of(ann)] == [id_of(second), id_of(first)]
    go(TOUCH_SECONDS + 10)
    sessions.find(first)
    listed = sessions.of(ann)
    assert [one.id for one in listed] == [id_of(first), id_of(second)]
    assert listed[0].agent == "x" * 200


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token + "\n",
        lambda token: "x" + token,
        lambda token: chr(0x660 + int(token[0])) + token[1:],  # a digit of another script
        lambda token: f"{2**31}.{token.partition('.')[2]}",
        lambda token: f"99999999999.{token.partition('.')[2]}",
        lambda token: token.upper(),
        lambda _: "",
    ],
)
def test_a_cookie_of_another_form_is_none(
    sessions: Sessions, db: Database, ann: int, change: Callable[[str], str]
) -> None:
    token = begin(sessions, db, ann)
    assert sessions.find(change(token)) is None
    sessions.end(change(token))
    assert sessions.find(token)


def test_a_session_of_another_version_is_logged_out(sessions: Sessions, db: Database, live: Live, ann: int) -> None:
    token = begin(sessions, db, ann)
    live.redis.hset(keys.sessions(ann), id_of(token), b'{"user": "ann", "colour": "red"}')
    assert sessions.find(token) is None
    assert sessions.of(ann) == []


def test_both_stores_must_know_a_session_under_its_cookie(
    sessions: Sessions, db: Database, live: Live, ann: int
) -> None:
    token, other = begin(sessions, db, ann), begin(sessions, db, ann)
    live.redis.hset(keys.sessions(ann), id_of(token), live.redis.hget(keys.sessions(ann), id_of(other)))
    assert sessions.find(token) is None
    assert sessions.find(other)


def test_tidying_forgets_what_ended_with_its_epoch_and_nothing_else(
    sessions: Sessions, db: Database, live: Live, ann: int
) -> None:
    begin(sessions, db, ann)
    live.redis.hset(keys.sessions(ann), "of-another-version", b'{"user": "ann"}')
    with db.transaction() as connection:
        users.end_epoch(connection, ann)
    good = begin(sessions, db, ann)
    sessions.tidy(ann)
    assert fields(live, ann) == {id_of(good)}
    assert sessions.find(good)


def test_a_log_out_says_when_neither_store_took_it(
    sessions: Sessions, db: Database, live: Live, ann: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One store is enough for it; without both the person must not believe that the session is over."""
    tokens = [begin(sessions, db, ann) for _ in range(3)]

    def away(*_: object) -> None:
        raise RedisUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr(live, "reach", away)
        sessions.end(tokens[0])
        with db.transaction() as connection:
            assert sessions.end_one(connection, ann, id_of(tokens[1]))
        patch.setattr(db, "transaction", lambda: (_ for _ in ()).throw(DatabaseUnavailable("gone")))
        with pytest.raises(DatabaseUnavailable):
            sessions.end(tokens[2])
    assert [sessions.find(one) is not None for one in tokens] == [False, False, True]
    with db.transaction() as connection:
        assert not sessions.end_one(connection, ann, id_of(tokens[1])), "there is none any more"


def test_a_session_that_ended_elsewhere_is_cleared_from_redis(
    sessions: Sessions, db: Database, live: Live, ann: int
) -> None:
    token = begin(sessions, db, ann)
    with db.transaction() as connection:
        assert sessions.end_one(connection, ann, id_of(token))
    assert fields(live, ann) == set()


def test_a_log_out_that_redis_missed_holds_while_postgresql_is_away(
    sessions: Sessions, db: Database, live: Live, ann: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = begin(sessions, db, ann)
    found(sessions, token)

    def away(*_: object) -> None:
        raise RedisUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr(live, "reach", away)
        sessions.end(token)
    monkeypatch.setattr(db, "look", lambda *_: (_ for _ in ()).throw(DatabaseUnavailable("gone")))
    with pytest.raises(DatabaseUnavailable):
        sessions.find(token)


def test_a_session_whose_account_changed_goes_on_only_where_the_change_says_so(
    sessions: Sessions, db: Database, ann: int, go: Go
) -> None:
    token = begin(sessions, db, ann)
    session = found(sessions, token)
    go(50)
    with db.transaction() as connection:
        held = sessions.hold(connection, session)
        users.end_epoch(connection, ann)
        fresh = sessions.carried(connection, held)
    assert sessions.find(token) is None
    carried = found(sessions, fresh)
    assert (carried.id, carried.factor_at) == (session.id, session.factor_at)
    assert carried.epoch != session.epoch
    with db.transaction() as connection:
        raised = sessions.raised(connection, carried)
    assert found(sessions, raised).factor_at == START + 50


def test_nobody_begins_a_session_of_a_closed_account(sessions: Sessions, db: Database, live: Live, ann: int) -> None:
    with db.transaction() as connection:
        users.disable(connection, ann, clock.now())
    with pytest.raises(SessionOver):
        begin(sessions, db, ann)
    assert fields(live, ann) == set()


def test_a_held_session_can_be_read_and_not_ended(sessions: Sessions, db: Database, ann: int) -> None:
    token = begin(sessions, db, ann)
    session = found(sessions, token)
    seen: list[Session | None] = []
    with db.transaction() as connection:
        sessions.hold(connection, session)
        with db.transaction() as other:
            assert other.execute(text("SELECT 1 FROM console_sessions FOR UPDATE SKIP LOCKED")).all() == []
        thread = threading.Thread(target=lambda: seen.append(sessions.find(token)))
        thread.start()
        thread.join(20)
        assert seen, "a request waits for another that holds its session"
    thread.join()
