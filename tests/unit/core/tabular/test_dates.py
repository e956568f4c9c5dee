"""Times as spreadsheets write them: the column tells day from month, and one that does not is refused."""

from pathlib import Path

import pytest

from core.errors import BadInput
from core.tabular import dates, sheet
from ml.data import file_preview, table
from ml.data.table import Mapping


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["31/12/2024 17:05", "1/2/2024 9:30:15"], ["2024-12-31T17:05:00", "2024-02-01T09:30:15"]),
        (["12/31/2024 5:05 PM", "01/02/2024, 12:00 am"], ["2024-12-31T17:05:00", "2024-01-02T00:00:00"]),
        (["01.02.2024", "3.2.2024"], ["2024-02-01", "2024-02-03"]),
        (["31/12/2024", "12/31/2024"], None),
        (["31/12/2024", "2024-12-31"], None),
        (["10.0.0.1"], None),
        (["31/12/24"], None),
        ([], None),
    ],
)
def test_the_column_tells_what_comes_first(values: list[str], expected: list[str] | None) -> None:
    assert dates.iso(values) == expected


def load(tmp_path: Path, *times: str) -> table.Table:
    path = tmp_path / "data.csv"
    path.write_text("when,a,fraud\n" + "".join(f'"{time}",{i},{i % 2}\n' for i, time in enumerate(times)))
    return table.load(path, Mapping("fraud", time="when"))


def test_rows_are_in_order_of_such_times(tmp_path: Path) -> None:
    found = load(tmp_path, "05/02/2026 10:00", "28/01/2026 23:59", "31/01/2026 00:00")
    assert found.rows[:, 0].tolist() == [1, 2, 0]
    assert found.times is not None
    assert found.times[0] == 1769644740
    seen = file_preview.at(sheet.parse((tmp_path / "data.csv").read_bytes(), "data.csv"))
    assert seen.guesses["time"] == "when"


def test_what_may_be_read_two_ways_or_is_no_day_is_named(tmp_path: Path) -> None:
    for times, reason in (
        (("03/04/2026", "05/06/2026"), "'03/04/2026' is ambiguous: day or month may come first"),
        (("31/02/2026", "05/06/2026"), "'31/02/2026' is not ISO 8601"),
    ):
        with pytest.raises(BadInput) as caught:
            load(tmp_path, *times)
        assert caught.value.field.endswith("data.csv, row 2, column 'when'")
        assert reason in caught.value.reason
