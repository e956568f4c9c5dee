"""Named SQL: `query("kpis.window")` is the block `-- name: window` of kpis.sql, wherever in sql/queries it lies.

A statement begins with its name as a comment: it is timed by it (`core/db/query_times.py`), and PostgreSQL's log and
activity show it.
"""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, text

from core.errors import ConfigError
from core.settings import ROOT

QUERIES = ROOT / "sql" / "queries"
_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def sql(name: str) -> str:
    """The text of a named query, which begins with its name. Raises ConfigError for an unknown name."""
    return f"/* {name} */ {text_of(name)}"


@cache
def text_of(name: str) -> str:
    """The text of a named query as its file has it. Raises ConfigError for an unknown name."""
    topic, _, wanted = name.partition(".")
    path = _topics().get(topic)
    if path is None:
        raise ConfigError([f"there is no {topic}.sql in sql/queries for query {name!r}"])
    parts = _NAME.split(path.read_text())
    blocks = dict(zip(parts[1::2], parts[2::2], strict=True))
    if wanted not in blocks:
        raise ConfigError([f"{path.name} has no query named {wanted!r}"])
    return blocks[wanted].strip()


@cache
def query(name: str) -> TextClause:
    """A named query for SQLAlchemy, with `:parameters`."""
    return text(sql(name))


def file_of(name: str) -> str:
    """The file of a named query, below the root of the repository. Raises ConfigError for an unknown name."""
    text_of(name)
    return str(_topics()[name.partition(".")[0]].relative_to(ROOT))


def names() -> list[str]:
    """All names of queries, as `query` takes them."""
    return [f"{topic}.{name}" for topic, path in _topics().items() for name in _NAME.findall(path.read_text())]


@cache
def _topics() -> dict[str, Path]:
    """Every file below sql/queries by its name, which is one file's alone. Raises ConfigError for one that is twice."""
    found: dict[str, Path] = {}
    for path in sorted(QUERIES.rglob("*.sql")):
        if (other := found.setdefault(path.stem, path)) != path:
            raise ConfigError([f"two files of queries have one name: {other} and {path}"])
    return found
