"""Whether words are times: what a column holds that nobody named as the time. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime

from core.tabular import dates

_SAMPLE = 200
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


def are_times(words: Sequence[str]) -> bool:
    """Whether the words are ISO 8601 times or days as spreadsheets write them, in all of a sample."""
    sample = words[:: max(1, len(words) // _SAMPLE)]
    return bool(sample) and (all(map(_is_iso, sample)) or dates.are_days(sample))


def _is_iso(word: str) -> bool:
    if not _ISO.match(word):
        return False
    try:
        datetime.fromisoformat(word)
    except ValueError:
        return False
    return True
