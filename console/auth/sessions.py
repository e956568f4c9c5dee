"""Server-side sessions: a random cookie, what the session is in Redis, and that it is good in PostgreSQL (X7).

A user's sessions are the fields of one Redis hash, so beginning, moving and ending are one step each and no index can
lag behind. The id of a session stays when its cookie changes: who ends it ends it under any cookie. Every request is
judged by PostgreSQL (console/auth/standing.py), where the session must be known under this cookie in the epoch of its
account; Redis alone never opens anything.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any, NewType

from console.auth import session_store as register
from console.auth.session_store import Named
from console.auth.standing import Standing
from core import clock, codec
from core.db import keys
from core.db.engine import Connection, Database
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable, GatehouseError, RedisUnavailable
from core.identity import users

TOUCH_SECONDS = 60
_COOKIE = re.compile(r"(\d{1,10})\.([0-9a-f]{64})\.([\w-]{43})\Z", re.ASCII)

# KEYS: a user's sessions. ARGV: id, value, time to live, the oldest start and the oldest use of a session that is kept.
_BEGIN = """
local kept = redis.call('HGETALL', KEYS[1])
for i = 1, #kept, 2 do
  local read, one = pcall(cjson.decode, kept[i + 1])
  local whole = read and type(one) == 'table' and one.since and one.seen
  if not whole or one.since < tonumber(ARGV[4]) or one.seen < tonumber(ARGV[5]) then
    redis.call('HDEL', KEYS[1], kept[i])
  end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
# KEYS: a user's sessions. ARGV: id, the digest that it is known under, value, time to live. 0 when it is gone or moved.
_MOVE = """
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if not kept or cjson.decode(kept).secret ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
"""


class SessionOver(GatehouseError):
    """The session ended while its request was under way: nothing is committed."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who is logged in, from where, since when (epoch seconds); `csrf` guards the session's forms.

    `factor_at` is when a second factor was last shown, `secret` the digest of the secret in the cookie, `epoch` that of
    the account in which the session is good.
    """

    user: str
    user_id: int
    role: str
    since: float
    seen: float
    csrf: str
    ip: str
    agent: str
    factor_at: float
    secret: str
    epoch: int
    id: str = ""

    @property
    def named(self) -> Named:
        """How PostgreSQL knows it."""
        return Named(self.user_id, self.id, self.secret)


Held = NewType("Held", Session)  # good until the end of the transaction that `Sessions.hold` was asked in


class Sessions:
    """Makes, finds and ends sessions. Raises RedisUnavailable when Redis does not answer: nobody is let in unseen."""

    def __init__(self, live: Live, database: Database, idle_seconds: float, absolute_seconds: float) -> None:
        self._live = live
        self._database = database
        self._idle = idle_seconds
        self._absolute = absolute_seconds
        self._standing = Standing(database)

    def start(
        self,
        connection: Connection,
        user: str,
        user_id: int,
        role: str,
        ip: str,
        agent: str,
        factor_at: float,
        old: str | None = None,
    ) -> str:
        """A new session; returns the cookie's value. The `old` cookie's session ends.

        In the caller's transaction, after every other change of the account: it belongs to the epoch of that moment.
        """
        if old and (before := _parse(old)) is not None and register.drop_by_cookie(connection, before):
            self._forget(before)
        now = clock.now()
        secret = secrets.token_urlsafe(32)
        named = Named(user_id, secrets.token_hex(32), _digest(secret))
        epoch = register.add(connection, named, now, now - self._absolute)
        if epoch is None:
            raise SessionOver(f"the account of {user} is disabled")
        fresh = Session(
            user, user_id, role, now, now, secrets.token_urlsafe(24), ip, agent[:200], factor_at, named.digest, epoch
        )
        bounds = (repr(now - self._absolute), repr(now - self._idle))
        with self._live.reach() as redis:
            redis.eval(_BEGIN, 1, keys.sessions(user_id), named.id, _packed(fresh), self._ttl, *bounds)
        return f"{user_id}.{named.id}.{secret}"

    def find(self, token: str | None) -> Session | None:
        """The session of a cookie that is good now, or None. Raises DatabaseUnavailable when that cannot be known."""
        named = _parse(token or "")
        session = self._read(named.user_id, named.id) if named else None
        if session is None or named is None or not hmac.compare_digest(session.secret, named.digest):
            return None
        role = self._standing.role(named)
        if role is None:
            return None
        if session.role != role:
            session = replace(session, role=role)
        if clock.now() - session.seen > TOUCH_SECONDS:
            session = replace(session, seen=clock.now())
            try:
                self._keep(session, session.secret)
            except RedisUnavailable:
                pass  # it reads and refuses writes: who is in stays in, until the idle time that it knows of is over
        return session

    def hold(self, connection: Connection, session: Session) -> Held:
        """In a transaction that changes something for the session's person: it lasts until the end of this.

        Raises SessionOver when it ended since the request began.
        """
        if not register.hold(connection, session.named):
            raise SessionOver("the session ended meanwhile")
        return Held(session)

    def raised(self, connection: Connection, session: Session) -> str:
        """A second factor was just shown: the same session under a new cookie, whose value is returned."""
        secret = secrets.token_urlsafe(32)
        epoch = register.move(connection, session.named, _digest(secret))
        return self._under(secret, replace(session, factor_at=clock.now()), epoch)

    def carried(self, connection: Connection, held: Held) -> str:
        """A session that this transaction holds goes on after what it changed of the account; as `raised`.

        Every other session, and this one under its cookie of before, is over.
        """
        secret = secrets.token_urlsafe(32)
        epoch = register.carry(connection, held.named, held.epoch, _digest(secret))
        return self._under(secret, held, epoch)

    def of(self, user_id: int) -> list[Session]:
        """The good sessions of a user, the last used first."""
        with self._database.transaction() as connection:
            good = register.good(connection, user_id)
        with self._live.reach() as redis:
            kept = redis.hgetall(keys.sessions(user_id))
        found = [self._lasting(_session(value, field.decode())) for field, value in kept.items()]
        return sorted((one for one in found if one and one.id in good), key=lambda session: -session.seen)

    def end(self, token: str) -> None:
        """Log out: the session of a cookie is over. One store is enough: without what either held it opens nothing."""
        named = _parse(token)
        if named is None:
            return
        cleared = self._try_to_clear(named)
        try:
            with self._database.transaction() as connection:
                register.drop(connection, named.user_id, named.id)
        except DatabaseUnavailable:
            if not cleared:
                raise

    def end_one(self, connection: Connection, user_id: int, session_id: str) -> bool:
        """One session of a user is over; whether there was one."""
        try:
            self._clear(user_id, session_id)
        except RedisUnavailable:
            pass  # what PostgreSQL does not know opens nothing
        return register.drop(connection, user_id, session_id)

    def tidy(self, user_id: int) -> None:
        """Forget what Redis holds of sessions of a user that ended with an epoch; they open nothing as it is."""
        with self._database.transaction() as connection:
            user = users.by_id(connection, user_id)
        try:
            with self._live.reach() as redis:
                kept = redis.hgetall(keys.sessions(user_id))
                old = [field for field, value in kept.items() if user is None or _epoch(value) < user.epoch]
                if old:
                    redis.hdel(keys.sessions(user_id), *old)
        except RedisUnavailable:
            pass

    @property
    def _ttl(self) -> int:
        return int(self._absolute) + 3600

    def _try_to_clear(self, named: Named) -> bool:
        try:
            self._forget(named)
        except RedisUnavailable:
            return False
        return True

    def _forget(self, named: Named) -> None:
        self._standing.forget(named)
        self._clear(named.user_id, named.id)

    def _clear(self, user_id: int, session_id: str) -> None:
        with self._live.reach() as redis:
            redis.hdel(keys.sessions(user_id), session_id)

    def _read(self, user_id: int, session_id: str) -> Session | None:
        value = self._live.field(keys.sessions(user_id), session_id)
        session = _session(value, session_id) if value else None
        if session is not None and self._lasting(session) is None:
            try:
                self._clear(user_id, session_id)
            except RedisUnavailable:
                pass
            return None
        return session

    def _lasting(self, session: Session | None) -> Session | None:
        """The session unless it is over by time."""
        now = clock.now()
        if session is None or now - session.seen > self._idle or now - session.since > self._absolute:
            return None
        return session

    def _under(self, secret: str, session: Session, epoch: int | None) -> str:
        """The cookie's value once Redis, too, knows the session under it. Raises SessionOver."""
        if epoch is None or not self._keep(replace(session, secret=_digest(secret), epoch=epoch), session.secret):
            raise SessionOver("the session ended meanwhile")
        return f"{session.user_id}.{session.id}.{secret}"

    def _keep(self, session: Session, known_under: str) -> bool:
        """Write a session that is still known under this digest; False when it ended or moved meanwhile."""
        with self._live.reach() as redis:
            done = redis.eval(
                _MOVE, 1, keys.sessions(session.user_id), session.id, known_under, _packed(session), self._ttl
            )
        return bool(done)


def form_token(secret: str, nonce: str) -> str:
    """The CSRF token of a form shown before there is a session, bound to the nonce in its cookie."""
    return hmac.new(secret.encode(), f"form:{nonce}".encode(), hashlib.sha256).hexdigest()


def _packed(session: Session) -> bytes:
    value = asdict(session)
    del value["id"]
    return codec.encode(value)


def _session(value: bytes, session_id: str) -> Session | None:
    found: Any = codec.decode(value)
    try:
        return Session(**found, id=session_id)
    except TypeError:  # written by another version: its owner logs in again
        return None


def _epoch(value: bytes) -> int:
    session = _session(value, "")
    return session.epoch if session is not None else -1


def _parse(token: str) -> Named | None:
    found = _COOKIE.match(token)
    if found is None:
        return None
    return Named(int(found[1]), found[2], _digest(found[3]))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
