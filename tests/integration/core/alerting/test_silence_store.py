"""Silences in PostgreSQL: what is required, what is refused, ending early, and the audit rows."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.alerting import silence_store
from core.alerting import silences as pure
from core.alerting.silences import Silence
from core.audit.chain import Audit
from core.clock import now, to_datetime
from core.db.engine import Database
from core.errors import BadInput
from tests.alerting import fire, rule

AUDIT = Audit("k" * 40)


@pytest.fixture(autouse=True)
def known_rules(db: Database) -> None:
    """Rules A1 (high) and A2 (medium), each judged."""
    rule(db, "A1", "Fraud rate", "high", {})
    rule(db, "A2", "Latency", "medium", {})


def make(db: Database, **changes: Any) -> Silence:
    at = now()
    values = {
        "owner": "ann",
        "reason": "planned maintenance",
        "starts_at": to_datetime(at),
        "ends_at": to_datetime(at) + timedelta(hours=1),
        "rule": "A2",
        **changes,
    }
    with db.transaction() as connection:
        return silence_store.create(connection, AUDIT, "ann", now=at, **values)


def test_a_silence_is_in_force_until_it_is_ended_and_both_are_audited(db: Database) -> None:
    made = make(db, severity="medium", series="api*", pattern=True, confirmed=True)
    with db.transaction() as connection:
        assert silence_store.current(connection, now()) == [made]
        ended = silence_store.end(connection, AUDIT, made.id, "bob", now())
        assert ended.ended_by == "bob"
        assert silence_store.current(connection, now()) == []
        assert [one.id for one in silence_store.past(connection, now())] == [made.id]
        with pytest.raises(BadInput, match="neither active nor scheduled"):
            silence_store.end(connection, AUDIT, made.id, "bob", now())
        rows = connection.execute(text("SELECT actor, action, target FROM audit_log ORDER BY seq")).all()
    assert [tuple(row) for row in rows] == [
        ("ann", "silence.create", f"silence:{made.id}"),
        ("bob", "silence.end", f"silence:{made.id}"),
    ]


def test_one_that_has_not_begun_can_be_ended_too(db: Database) -> None:
    start = to_datetime(now()) + timedelta(hours=1)
    made = make(db, starts_at=start, ends_at=start + timedelta(hours=1))
    with db.transaction() as connection:
        silence_store.end(connection, AUDIT, made.id, "ann", now())
        assert silence_store.current(connection, now()) == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("owner", {"owner": " "}),
        ("reason", {"reason": ""}),
        ("reason", {"reason": "x" * 201}),
        ("rule", {"rule": "A*1", "pattern": True}),
        ("rule", {"rule": "A*"}),
        ("rule", {"rule": "A22"}),
        ("rule", {"rule": "a2"}),
        ("rule", {"rule": "A2 "}),
        ("series", {"series": "a\0"}),
        ("series", {"series": "\ud800"}),
        ("series", {"series": "x" * 4001}),
        ("rule", {"rule": "A\x00"}),
        ("severity", {"severity": "fatal"}),
        ("ends_at", {"ends_at": to_datetime(0)}),
        ("ends_at", {"ends_at": to_datetime(now()) + timedelta(days=31)}),
    ],
)
def test_what_is_refused_is_named(db: Database, field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as caught:
        make(db, **changes)
    assert caught.value.field == f"$.{field}"
    with db.transaction() as connection:
        assert silence_store.current(connection, 0) == []


NAMES = (
    "*", "a*", "*a", "a*b", "?", "[a]", "[!a]", "a?", " a", "a ", "  ", "\t", "a\nb", "a\r\nb", "\u200b", "a\u200b",
    "\u202ea", "\x01", "\x1b[31m", "\x7f", "\u2028", '"', "'", "a=b", "a,b", "a\\", "%2A", "=", "\u0430", "A", "a",
    "\ufe0f", "\u00e9", "e\u0301", "\U0001f600", "x" * 500, "x" * 499 + "*", "", ".*", "^a$", "a%", "_",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_an_exact_silence_mutes_its_series_and_no_other_whatever_the_name(db: Database, name: str) -> None:
    make(db, series=name, only=True, confirmed=True)
    with db.transaction() as connection:
        [held] = silence_store.in_force(connection, now() + 1)
    assert [other for other in NAMES if pure.concerns(held, "A2", other, "medium")] == [name]
    assert not pure.concerns(held, "A1", name, "medium")


@pytest.mark.parametrize(
    ("asked", "matched"),
    [
        ({}, True),
        ({"rule": ""}, True),
        ({"series": "s1"}, True),
        ({"series": "s2"}, False),
        ({"series": "s*"}, False),
        ({"series": "s*", "pattern": True}, True),
        ({"series": "t*", "pattern": True}, False),
        ({"rule": "A*", "pattern": True}, True),
        ({"rule": "B*", "pattern": True}, False),
        ({"severity": "low"}, False),
        ({"series": "", "only": True}, True),
        ({"rule": "delivery", "series": "slack"}, True),
    ],
)
def test_one_that_matches_nothing_now_needs_a_confirmation(db: Database, asked: dict[str, Any], matched: bool) -> None:
    fire(db, "A2", "A2-1", now() - 5, series="s1")
    fire(db, "delivery", "delivery-1", now() - 5, series="slack", kind="error")
    if matched:
        make(db, **asked)
        return
    with pytest.raises(silence_store.MatchesNothing):
        make(db, **asked)
    make(db, **asked, confirmed=True)


def test_what_is_stored_from_before_keeps_its_meaning(db: Database) -> None:
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO silences (rule, series, owner, reason, starts_at, ends_at, created_at)"
                " VALUES ('A*', 'api*', 'ann', 'old', now() - interval '1 hour', now() + interval '1 hour', now())"
            )
        )
        [old] = silence_store.in_force(connection, now())
    assert pure.concerns(old, "A2", "api-1", "medium")
    assert not pure.concerns(old, "A2", "web", "medium")
