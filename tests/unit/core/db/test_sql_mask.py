"""Statements are shown without their values, whatever these are, and wherever the text was cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg2.extensions import QuotedString

from core.db import sql_mask

SECRET = "4f8a7c2e9b1d"


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("/* users.one */ SELECT id FROM u WHERE name = 'ann' AND n = 5", "SELECT id FROM u WHERE name = ? AND n = ?"),
        ("SELECT $1, t2.c3 FROM t2 -- why\nWHERE \"Odd 7\" = 1e-5", 'SELECT $1, t2.c3 FROM t2 WHERE "Odd 7" = ?'),
        ("SELECT E'a\\'b', $q$it's$q$, N'x', U&'y', .5", "SELECT ?, …"),
        ("VALUES (1, 2, 3, 4, 5)", "VALUES (?, …)"),
        ("SELECT 'it''s", "SELECT ?"),
        ("SELECT /* cut", "SELECT"),
        ("SELECT $$ cut", "SELECT ?"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_is_left(statement: str, shown: str) -> None:
    assert sql_mask.masked(statement) == shown


def test_the_name_of_a_query_is_known() -> None:
    assert sql_mask.name_of("/* users.one */ SELECT 1") == "users.one"
    assert sql_mask.name_of("SELECT 1 /* users.one */") == ""
    assert sql_mask.name_of("/* it's a secret */ SELECT 1") == ""


@given(
    before=st.text("ab' \\\"$/*-é", max_size=8),
    after=st.text("ab' \\\"$/*-é", max_size=8),
    cut=st.integers(0, 200),
)
def test_no_value_of_a_statement_is_left(before: str, after: str, cut: int) -> None:
    quoted = QuotedString(f"{before}{SECRET}{after}")
    quoted.encoding = "utf8"
    literal = quoted.getquoted().decode()
    statement = f"/* a.b */ UPDATE t SET c = {literal}, d = ARRAY[{literal}, 'x'] WHERE e = {literal} AND f = 42"
    for text in (statement, statement[:cut]):
        shown = sql_mask.masked(text)
        assert SECRET not in shown
        assert SECRET[:6] not in shown


@given(st.text(max_size=300))
def test_any_text_is_one_bounded_line(text: str) -> None:
    shown = sql_mask.masked(text)
    assert len(shown) <= sql_mask.CHARACTERS * 8
    assert "\n" not in shown
