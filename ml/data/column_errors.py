"""What is wrong with a column of a training file, so that each entrance can word it in its own terms.

The command line has options and the page a form; a file read by either meets the same mistake. So the error says which
role the column has and which way out the mapping offers, and who took the mapping adds its words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.errors import BadInput
from core.models.file_preview import FIELDS

Role = Literal["label", "time", "id", "amount", "feature", "rows"]  # rows: the whole table, split in two
WayOut = Literal["fraud_is", "skip_unlabelled", "use", "keep_known", "time"]


@dataclass(frozen=True, slots=True)
class Words:
    """What an entrance calls the roles, how it tells each way out, and what it calls the rules of a split."""

    roles: Mapping[str, str] = field(default_factory=dict)
    ways: Mapping[str, str] = field(default_factory=dict)
    splits: Mapping[str, str] = field(default_factory=dict)


OPTIONS = Words(
    {"label": "--label", "time": "--time", "id": "--id", "amount": "--amount"},
    {
        "fraud_is": "or use --fraud-is",
        "skip_unlabelled": "--skip-unlabelled skips them",
        "use": "--ignore excludes a column, --categorical treats it as categories",
        "keep_known": "--keep-known keeps them in the test",
        "time": "--time sets the time column",
    },
    {"delay": "--delay-days", "shuffle": "--shuffle", "test": "--test-from, --test-days"},
)
FORM = Words(
    {role: FIELDS[role] for role in ("label", "time", "id", "amount")},
    {
        "fraud_is": f"or fill in “{FIELDS['fraud_is']}”",
        "skip_unlabelled": f"tick “{FIELDS['skip_unlabelled']}”",
        "keep_known": f"tick “{FIELDS['keep_known']}”",
        "time": f"choose a column under “{FIELDS['time']}”",
        "use": f"under {FIELDS['use']} choose “{FIELDS['ignore']}” or “{FIELDS['categorical']}”",
    },
    {
        "delay": FIELDS["delay_days"],
        "shuffle": FIELDS["shuffle"],
        "test": f"{FIELDS['test_from']}, {FIELDS['test_days']}",
    },
)


class BadColumn(BadInput):
    """A value of a column is not what the column's role asks for; `way_out` is how the mapping could take it."""

    def __init__(self, place: str, role: Role, reason: str, way_out: WayOut | None = None) -> None:
        super().__init__(place, reason)
        self.role = role
        self.way_out = way_out

    def worded(self, words: Words) -> BadInput:
        """The same in the words of an entrance."""
        role = words.roles.get(self.role)
        way = words.ways.get(self.way_out or "")
        place = f"{self.field} ({role})" if role else self.field
        return BadInput(place, f"{self.reason}; {way}" if way else self.reason)


def worded(error: BadInput, words: Words) -> BadInput:
    """What is wrong with a file or with its split, in the words of an entrance; what it has none for stays as it is."""
    if isinstance(error, BadColumn):
        return error.worded(words)
    rule = words.splits.get(error.field)
    return BadInput(rule, error.reason) if rule else error
