"""Migrations only add (docs/operations.md, "Upgrade and roll back"): the release before must run on the new schema."""

import re
from collections.abc import Iterator

import pytest

from tests.tree import ROOT

FOLDER = ROOT / "sql" / "migrations"
# Why the release before lives with it. A later file says it itself, in the line above: `-- The code before: …`.
REMARK = "the code before:"
KNOWN = {
    "0009_actions.sql: CREATE TRIGGER to threat_entries": "it counts changes and refuses none",
    "0011_labels.sql: ADD CONSTRAINT to effective_labels": "the code before knows only the two labels that it allows",
    "0014_training.sql: ADD CONSTRAINT to training_runs": "it allows one state more than the one that it replaces",
}
_FORBIDDEN = {
    r"\bDROP (TABLE|COLUMN|TYPE|VIEW|MATERIALIZED VIEW|FUNCTION|SEQUENCE|SCHEMA|DEFAULT|NOT NULL)\b": "takes away",
    r"\bALTER TABLE [^;]*\bDROP (?!CONSTRAINT\b|TRIGGER\b)": "takes away",
    r"\bRENAME\b": "renames",
    r"\bSET NOT NULL\b": "demands a value that the code before may not write",
    r"\bALTER COLUMN \w+ (SET DATA )?TYPE\b": "changes a type",
    r"\bSET DEFAULT\b": "changes what the code before leaves out",
    r"^(TRUNCATE|DELETE FROM)\b": "deletes rows",
}
_COLUMN = re.compile(r"\bADD COLUMN (?:IF NOT EXISTS )?(\w+)\b([^;]*?)(?=,\s*ADD\b|$)", re.I | re.S)
_TIGHTER = re.compile(r"\b(ADD CONSTRAINT|CREATE UNIQUE INDEX|CREATE(?: CONSTRAINT)? TRIGGER)\b", re.I)
_TABLE = re.compile(r"\b(?:ALTER TABLE(?: IF EXISTS)?(?: ONLY)?|ON|CREATE TABLE(?: IF NOT EXISTS)?) (\w+)", re.I)


def statements(text: str) -> Iterator[tuple[str, str]]:
    """(what is said above a statement, the statement without comments); bodies of functions are one piece."""
    bodies = re.sub(r"\$\$.*?\$\$", "$$$$", text, flags=re.S)
    for piece in bodies.split(";"):
        said = " ".join(line.strip() for line in piece.splitlines() if line.strip().startswith("--"))
        plain = " ".join(" ".join(line.partition("--")[0].split()) for line in piece.splitlines())
        if plain.strip():
            yield said, plain.strip()


def harm(text: str, older: set[str]) -> list[str]:
    """What in a migration the release before could not live with; `older` are the tables that it knows."""
    found = []
    for said, statement in statements(text):
        if REMARK in said.lower():
            continue
        table = next(iter(_TABLE.findall(statement)), "")
        for pattern, what in _FORBIDDEN.items():
            if re.search(pattern, statement, re.I):
                found.append(f"{what}: {statement[:80]}")
                break
        for column, rest in _COLUMN.findall(statement):
            if re.search(r"\bNOT NULL\b", rest, re.I) and not re.search(r"\b(DEFAULT|GENERATED)\b", rest, re.I):
                found.append(f"{column} must not be NULL and has no default: {statement[:80]}")
        if table in older and (tighter := _TIGHTER.search(statement)):
            found.append(f"{tighter[1].upper()} to {table}")
    return found


def tables(text: str) -> set[str]:
    """The tables that a migration makes."""
    return set(re.findall(r"^CREATE TABLE (?:IF NOT EXISTS )?(\w+)", text, re.M))


def test_every_migration_only_adds() -> None:
    older: set[str] = set()
    found = []
    for path in sorted(FOLDER.glob("*.sql")):
        text = path.read_text()
        if older:
            found += [f"{path.name}: {one}" for one in harm(text, older)]
        older |= tables(text)
    assert [one for one in found if one not in KNOWN] == []
    assert set(found) == set(KNOWN), "an exception that is none any more"


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE labels;",
        "ALTER TABLE labels DROP COLUMN actor;",
        "ALTER TABLE labels DROP actor;",
        "ALTER TABLE labels RENAME COLUMN actor TO who;",
        "ALTER TABLE labels ALTER COLUMN actor TYPE integer;",
        "ALTER TABLE labels ALTER COLUMN actor SET DATA TYPE integer;",
        "ALTER TABLE labels ALTER COLUMN actor SET NOT NULL;",
        "ALTER TABLE labels\n  ADD COLUMN a text,\n  ADD COLUMN b text NOT NULL;",
        "ALTER TABLE labels ADD CONSTRAINT short CHECK (length(actor) < 9);",
        "CREATE UNIQUE INDEX one_actor ON labels (actor);",
        "CREATE TRIGGER no_more BEFORE INSERT ON labels FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        "ALTER TYPE label RENAME VALUE 'legit' TO 'good';",
        "-- old\nDELETE FROM labels;",
    ],
)
def test_what_takes_away_or_tightens_is_refused(statement: str) -> None:
    assert len(harm(statement, {"labels"})) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE a (b text NOT NULL);\nCREATE UNIQUE INDEX c ON a (b);",
        "ALTER TABLE labels ADD COLUMN a text NOT NULL DEFAULT '', ADD COLUMN b text;",
        "ALTER TYPE label ADD VALUE 'other';",
        "CREATE INDEX d ON labels (actor);",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM labels; RETURN NULL; END $$;",
        "-- The code before: writes no actor of more than nine letters.\n"
        "ALTER TABLE labels ADD CONSTRAINT short CHECK (length(actor) < 9);",
    ],
)
def test_what_only_adds_is_taken(statement: str) -> None:
    assert harm(statement, {"labels"}) == []
