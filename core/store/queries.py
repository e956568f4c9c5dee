"""Named SQL: `query("kpis.window")` is the block `-- name: window` of sql/queries/kpis.sql."""

import re
from functools import cache

from sqlalchemy import TextClause, text

from core.errors import ConfigError
from core.settings import ROOT

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def sql(name: str) -> str:
    """The text of a named query. Raises ConfigError for an unknown name."""
    topic, _, wanted = name.partition(".")
    path = ROOT / "sql" / "queries" / f"{topic}.sql"
    if not path.exists():
        raise ConfigError([f"there is no {path.name} in sql/queries for query {name!r}"])
    parts = _NAME.split(path.read_text())
    blocks = dict(zip(parts[1::2], parts[2::2], strict=True))
    if wanted not in blocks:
        raise ConfigError([f"{path.name} has no query named {wanted!r}"])
    return blocks[wanted].strip()


@cache
def query(name: str) -> TextClause:
    """A named query for SQLAlchemy, with `:parameters`."""
    return text(sql(name))
