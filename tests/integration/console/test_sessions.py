"""A session ends with whatever should end it: in races, after a restore of Redis, and while PostgreSQL is away (X7)."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from console.app import PREFIX
from console.auth.sessions import Session, SessionOver, Sessions
from core import clock
from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable
from core.identity import users
from core.web.app import App
from tests.integration.console.conftest import HASH, PASSWORD, Person
from tests.people import log_in

Make = Callable[[str, str], Person]
DAY = 86_400.0


@pytest.fixture
def sessions(live: Live, db: Database) -> Sessions:
    return Sessions(live, db, 0.5 * DAY, 7 * DAY)


@pytest.fixture
def ann(db: Database) -> int:
    with db.transaction() as connection:
        user = users.insert(connection, "ann", "viewer", password_hash=HASH)
    assert user
    return user.id


def begin(sessions: Sessions, db: Database, user_id: int) -> str:
    with db.transaction() as connection:
        user = users.by_id(connection, user_id, lock=True)
        assert user
        return sessions.start(connection, user.name, user.id, user.role, "", "", clock.now())


def move(sessions: Sessions, db: Database, session: Session) -> str:
    with db.transaction() as connection:
        return sessions.raised(connection, session)


def found(sessions: Sessions, token: str) -> Session:
    session = sessions.find(token)
    assert session
    return session


def change(db: Database, work: Callable[[Any], object]) -> Callable[[], None]:
    def apply() -> None:
        with db.transaction() as connection:
            work(connection)

    return apply


ENDINGS: dict[str, Callable[[Any, int], object]] = {
    "end all": lambda c, user: users.end_epoch(c, user),
    "disable": lambda c, user: users.disable(c, user, clock.now()),
    "role": lambda c, user: users.set_role(c, user, "operator"),
    "password": lambda c, user: users.set_password(c, user, "another"),
    "lock": lambda c, user: users.lock(c, user, clock.now()),
    "by hand": lambda c, user: c.execute(text("UPDATE users SET role = 'analyst' WHERE id = :id"), {"id": user}),
    "new codes": lambda c, user: c.execute(
        text("INSERT INTO recovery_codes (user_id, slot, hash) VALUES (:id, 0, 'x')"), {"id": user}
    ),
    "a key": lambda c, user: c.execute(
        text("INSERT INTO passkeys (user_id, credential, public_key, sign_count, name) VALUES (:id, 'x', 'x', 0, 'x')"),
        {"id": user},
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_change_of_an_account_leaves_a_session_however_it_races(
    sessions: Sessions, db: Database, ann: int, ending: str
) -> None:
    tokens = [begin(sessions, db, ann) for _ in range(6)]
    made: list[str] = []
    gate, stop = threading.Barrier(7), threading.Event()

    def busy(token: str) -> None:
        gate.wait()
        while not stop.is_set():
            session = sessions.find(token)
            if session is None:
                return
            try:
                token = move(sessions, db, session)
            except SessionOver:
                continue
            made.append(token)

    threads = [threading.Thread(target=busy, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    gate.wait()
    while len(made) < 12:
        stop.wait(0.01)
    change(db, lambda c: ENDINGS[ending](c, ann))()
    stop.wait(0.3)
    for thread in threads:  # each found out by itself: its session is over
        thread.join(20)
        assert not thread.is_alive()
    stop.set()
    assert made
    assert [token for token in tokens + made if sessions.find(token)] == []
    assert sessions.of(ann) == []


def test_a_login_that_races_with_a_change_is_before_or_after_it(sessions: Sessions, db: Database, ann: int) -> None:
    """Each session that is left began in the account's last epoch, never before it."""
    made: list[str] = []
    gate = threading.Barrier(5)

    def come() -> None:
        gate.wait()
        for _ in range(10):
            try:
                made.append(begin(sessions, db, ann))
            except SessionOver:
                return

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    gate.wait()
    while not made:  # a loaded machine may begin none before the end
        time.sleep(0.001)
    for _ in range(5):
        change(db, lambda c: users.end_epoch(c, ann))()
    change(db, lambda c: users.disable(c, ann, clock.now()))()
    for thread in threads:
        thread.join()
    assert made
    assert [token for token in made if sessions.find(token)] == []


def test_who_ends_a_session_ends_it_under_any_cookie(sessions: Sessions, db: Database, ann: int) -> None:
    """Ten times: a log-out and a step-up at once. Whichever comes first, nothing is left."""
    for _ in range(10):
        token = begin(sessions, db, ann)
        session = found(sessions, token)
        moved: list[str] = []
        gate = threading.Barrier(2)

        def raise_it(session: Session = session, moved: list[str] = moved, gate: threading.Barrier = gate) -> None:
            gate.wait()
            try:
                moved.append(move(sessions, db, session))
            except SessionOver:
                pass

        thread = threading.Thread(target=raise_it)
        thread.start()
        gate.wait()
        sessions.end(token)
        thread.join()
        assert [one for one in [token, *moved] if sessions.find(one)] == []


def test_a_session_that_is_gone_does_not_move(sessions: Sessions, db: Database, live: Live, ann: int) -> None:
    first, second = begin(sessions, db, ann), begin(sessions, db, ann)
    session, other = found(sessions, first), found(sessions, second)
    sessions.end(first)
    with pytest.raises(SessionOver):
        move(sessions, db, session)
    live.redis.delete(keys.sessions(ann))
    with pytest.raises(SessionOver):
        move(sessions, db, other)
    assert sessions.find(second) is None
    assert live.redis.exists(keys.sessions(ann)) == 0


def test_a_moved_session_opens_under_its_new_cookie_only(sessions: Sessions, db: Database, ann: int) -> None:
    token = begin(sessions, db, ann)
    session = found(sessions, token)
    fresh = move(sessions, db, session)
    assert sessions.find(token) is None
    assert found(sessions, fresh).id == session.id
    with pytest.raises(SessionOver):
        move(sessions, db, session)
    assert sessions.find(fresh.replace(session.id, "0" * 64)) is None
    assert sessions.find(fresh.rpartition(".")[0] + "." + "x" * 43) is None


@pytest.mark.parametrize("ending", ["log-out", "one from elsewhere", "moved", *ENDINGS])
def test_a_redis_of_yesterday_brings_no_session_back(
    sessions: Sessions, db: Database, live: Live, ann: int, ending: str
) -> None:
    token = begin(sessions, db, ann)
    session = found(sessions, token)
    dump = live.redis.dump(keys.sessions(ann))
    if ending == "log-out":
        sessions.end(token)
    elif ending == "moved":
        move(sessions, db, session)
    elif ending == "one from elsewhere":
        change(db, lambda c: sessions.end_one(c, ann, session.id))()
    else:
        change(db, lambda c: ENDINGS[ending](c, ann))()
    live.redis.restore(keys.sessions(ann), 0, dump, replace=True)
    assert sessions.find(token) is None
    assert len(sessions.of(ann)) == (ending == "moved")


def test_an_emptied_redis_ends_sessions_and_a_rolled_back_change_leaves_none(
    sessions: Sessions, db: Database, live: Live, ann: int
) -> None:
    token = begin(sessions, db, ann)
    session = found(sessions, token)
    with db.transaction() as connection:
        held = sessions.hold(connection, session)
        users.end_epoch(connection, ann)
        ahead = sessions.carried(connection, held)
        connection.rollback()
    assert sessions.find(ahead) is None
    change(db, lambda c: users.end_epoch(c, ann))()  # not the epoch that the roll-back would have made
    assert sessions.find(ahead) is None
    token = begin(sessions, db, ann)
    live.redis.flushdb()
    assert sessions.find(token) is None


def test_while_postgresql_is_away_what_was_good_goes_on_and_nothing_else(
    sessions: Sessions, db: Database, live: Live, ann: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, unseen, ended = (begin(sessions, db, ann) for _ in range(3))
    assert found(sessions, seen).role == "viewer"
    found(sessions, ended)
    elsewhere = Sessions(live, Database("postgresql://127.0.0.1:1/x"), DAY, DAY)
    with pytest.raises(DatabaseUnavailable):
        elsewhere.find(seen)

    def away(*_: object) -> None:
        raise DatabaseUnavailable("gone")

    for way in ("transaction", "look"):
        monkeypatch.setattr(db, way, away)
    assert found(sessions, seen).role == "viewer"
    with pytest.raises(DatabaseUnavailable):
        sessions.find(unseen)
    sessions.end(ended)
    assert sessions.find(ended) is None


def test_a_request_that_was_let_in_commits_nothing_once_its_session_is_over(
    sessions: Sessions, db: Database, ann: int
) -> None:
    session = found(sessions, begin(sessions, db, ann))
    with db.transaction() as connection:
        sessions.hold(connection, session)
    for stale in (replace(session, secret="0" * 64), replace(session, id="0" * 64)):
        with pytest.raises(SessionOver), db.transaction() as connection:
            sessions.hold(connection, stale)
    change(db, lambda c: users.set_role(c, ann, "operator"))()
    with pytest.raises(SessionOver), db.transaction() as connection:
        sessions.hold(connection, session)


def test_newer_hash_parameters_end_nothing_and_bring_no_old_password_back(
    sessions: Sessions, db: Database, ann: int
) -> None:
    token = begin(sessions, db, ann)
    change(db, lambda c: users.rehash(c, ann, HASH, "newer"))()
    assert sessions.find(token)
    change(db, lambda c: users.set_password(c, ann, "of the owner"))()
    change(db, lambda c: users.rehash(c, ann, "newer", "the old one again"))()
    with db.transaction() as connection:
        user = users.by_id(connection, ann)
    assert user
    assert user.password_hash == "of the owner"


def test_changes_of_ones_own_account_keep_this_session_and_end_the_others(app: App, person: Make) -> None:
    ann = person("ann", "viewer")
    for path in ("account/sessions/end", "account/codes"):  # the codes last: a second log-in may need an old one
        other = Person(app.test_client(), ann.phone)
        assert log_in(other.client, PREFIX, "ann", PASSWORD, ann.phone).status_code == 303
        assert ann.post(path)[0] in (200, 303)
        assert ann.is_in()
        assert not other.is_in()
