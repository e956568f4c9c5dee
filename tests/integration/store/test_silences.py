"""Silences in PostgreSQL: what is required, what is refused, ending early, and the audit rows."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.clock import now, to_datetime
from core.errors import BadInput
from core.silences import Silence
from core.store import silences
from core.store.audit import Audit
from core.store.db import Database

AUDIT = Audit("k" * 40)


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
        return silences.create(connection, AUDIT, "ann", now=at, **values)


def test_a_silence_is_in_force_until_it_is_ended_and_both_are_audited(db: Database) -> None:
    made = make(db, severity="medium", series="api*")
    with db.transaction() as connection:
        assert silences.current(connection, now()) == [made]
        ended = silences.end(connection, AUDIT, made.id, "bob", now())
        assert ended.ended_by == "bob"
        assert silences.current(connection, now()) == []
        assert [one.id for one in silences.past(connection, now())] == [made.id]
        with pytest.raises(BadInput, match="in force"):
            silences.end(connection, AUDIT, made.id, "bob", now())
        rows = connection.execute(text("SELECT actor, action, target FROM audit_log ORDER BY seq")).all()
    assert [tuple(row) for row in rows] == [
        ("ann", "silence.create", f"silence:{made.id}"),
        ("bob", "silence.end", f"silence:{made.id}"),
    ]


def test_one_that_has_not_begun_can_be_ended_too(db: Database) -> None:
    start = to_datetime(now()) + timedelta(hours=1)
    made = make(db, starts_at=start, ends_at=start + timedelta(hours=1))
    with db.transaction() as connection:
        silences.end(connection, AUDIT, made.id, "ann", now())
        assert silences.current(connection, now()) == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("owner", {"owner": " "}),
        ("reason", {"reason": ""}),
        ("reason", {"reason": "x" * 201}),
        ("rule", {"rule": "A*1"}),
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
        assert silences.current(connection, 0) == []
