"""How much a file may hold: it may weigh next to nothing until it is unpacked. Pure."""

from dataclasses import dataclass

from core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold at most: bytes when unpacked, columns, values in all (each row counts as one more), and
    characters of one record, rows.
    """

    unpacked: int = 2_000_000_000
    columns: int = 100_000
    values: int = 1_000_000_000
    record: int = 20_000_000
    rows: int = 1_000_000_000

    def check_columns(self, count: int, name: str) -> None:
        """Raises BadInput when there are too many."""
        if count > self.columns:
            raise BadInput(f"{name}, row 1", f"names {count:,} columns; at most {self.columns:,} are accepted")

    def check_values(self, count: int, name: str) -> None:
        """Raises BadInput when there are too many."""
        if count > self.values:
            raise BadInput(name, f"contains more than {self.values:,} values, the limit")

    def check_rows(self, count: int, name: str, row: int) -> None:
        """Raises BadInput when there are too many."""
        if count > self.rows:
            raise BadInput(f"{name}, row {row}", f"the file has more than {self.rows:,} rows; split it")

    def too_large(self, name: str) -> BadInput:
        """What is said of a file that is more bytes than that."""
        return BadInput(name, f"is more than {self.unpacked:,} bytes when unpacked")
