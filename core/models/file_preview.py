"""What a training worker saw when it looked at a file: its columns, what they hold, and what they are guessed to be.

The console shows it as the mapping step, so it is shared; making it is `ml/data/file_preview.py`.
"""

from typing import Literal

from msgspec import Struct

Kind = Literal["flag", "number", "category", "time", "empty"]
PARTS = ("label", "time", "id", "entity", "amount")
# What the form of the mapping step calls its fields; who words an error for the person at the form uses the same names.
FIELDS = {
    "label": "Label",
    "time": "Time",
    "id": "Transaction",
    "entity": "Card or wallet",
    "amount": "Amount",
    "fraud_is": "Fraud value",
    "legit_is": "Legitimate values",
    "skip_unlabelled": "Skip rows without a label",
    "keep_known": "Keep cards and wallets with known fraud in the test",
    "delay_days": "Label delay in days",
    "test_from": "Test from",
    "test_days": "Test days",
    "test_share": "Test share",
    "folds": "Test folds",
    "shuffle": "Random test split",
    "use": "Use",
    "ignore": "exclude",
    "categorical": "categorical feature",
}


class ColumnLook(Struct, frozen=True):
    """One column: kind, share of missing values, number of different values, examples.

    `values` are the values with their rows where there are few, most frequent first; `low` and `high` of numbers.
    `why_not` says why nothing would be learnt from it.
    """

    name: str
    kind: Kind
    missing: float
    distinct: int
    examples: list[str]
    values: list[tuple[str, int]] = []
    low: float | None = None
    high: float | None = None
    why_not: str = ""


class FilePreview(Struct, frozen=True):
    """A file: rows, columns in their order, and for each part the column that is guessed (absent: none is).

    `notes` say how it was read, where a person may have meant otherwise.
    """

    rows: int
    columns: list[ColumnLook]
    guesses: dict[str, str]
    fraud_is: str = ""
    notes: list[str] = []

    def column(self, name: str) -> ColumnLook | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)
