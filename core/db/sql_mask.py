"""A statement without its values: every literal and number becomes `?`, and comments go. Pure.

Statements that PostgreSQL shows (activity, `pg_stat_statements`) hold the values that they were sent with. A text that
was cut in the middle of a literal is masked to its end.
"""

import re

from core.untrusted_text import settled

CHARACTERS = 400
_NAME = re.compile(r"\s*/\* ([\w.]{1,100}) \*/")
_PART = re.compile(
    r"""
      (?P<comment> /\*.*?(?:\*/|\Z) | --[^\n]*)
    | (?P<literal>
          (?:\b[eE])'(?:[^'\\]|\\.|'')*(?:'|\Z|\\\Z)
        | (?:\b[bBxXnN]|\b[uU]&)?'(?:[^']|'')*(?:'|\Z)
        | \$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)
        | (?<![\w$])\.?\d[\w.]*(?:(?<=[eE])[+-]\d+)?
      )
    | (?P<quoted> "(?:[^"]|"")*(?:"|\Z))
    | (?P<word> \$\d+ | \w+)
    """,
    re.VERBOSE | re.DOTALL,
)


def masked(statement: str, most: int = CHARACTERS) -> str:
    """The statement on one line, without values, cut to `most` characters."""
    text = re.sub(r"\s+", " ", _PART.sub(_masked, statement)).strip()
    text = re.sub(r"\?(?:, ?\?){3,}", "?, …", text)
    return settled(text if len(text) <= most else f"{text[:most]}…")


def name_of(statement: str) -> str:
    """The name of one of our queries, which it begins with; empty for another."""
    found = _NAME.match(statement)
    return found[1] if found else ""


def _masked(part: re.Match[str]) -> str:
    if part["comment"] is not None:
        return " "
    return "?" if part["literal"] is not None else part[0]
