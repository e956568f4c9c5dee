"""Series for backtests come from any file that training takes, and what is wrong is named."""

import gzip

import pytest

from core.errors import BadInput
from core.tabular import series
from core.tabular.series import Points

PLAIN = "when,value\n2026-11-27T10:00:00Z,1.5\n2026-11-27T10:01:00Z,\n2026-11-27T10:02:00Z,1234.5\n"
GERMAN = 'sep=;\nwhen;"value"\n27.11.2026 10:00;1,5 €\n27.11.2026 10:01;NA\n27.11.2026 10:02;1.234,50 €\n'


def read(content: str | bytes, time: str = "when", value: str = "value", most: int = 1000) -> Points:
    raw = content.encode() if isinstance(content, str) else content
    found = series.parse(raw, "the file s.csv", time, value, 100_000, most)
    assert list(found) == [""]
    return found[""]


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        GERMAN,
        "\n\n" + PLAIN,
        "\ufeff" + PLAIN.replace("\n", "\r\n"),
        GERMAN.encode("cp1252"),
        GERMAN.encode("utf-16"),
        gzip.compress(PLAIN.encode()),
        PLAIN.replace("1234.5", '"1,234.50"').replace("value", "value,value", 1).replace("Z,", "Z,").replace(
            "1.5\n", "1.5,9\n"
        ).replace("Z,\n", "Z,,9\n").replace('50"\n', '50",9\n'),
    ],
)  # fmt: skip
def test_the_same_series_whatever_wrote_it(content: str | bytes) -> None:
    (first, one), (_, gap), (_, last) = read(content)
    assert (first, one, gap, last) == (1795773600.0, 1.5, None, 1234.5)


@pytest.mark.parametrize(
    ("content", "field", "reason"),
    [
        (PLAIN.replace("1.5", "lots"), "$.file", "row 2, column value: 'lots' is not a number"),
        (PLAIN.replace("2026-11-27T10:01:00Z", "soon"), "$.file", "row 3, column when: 'soon' is not a time"),
        (PLAIN.replace("when", "at"), "$.time", "has no column 'when'; it has at, value"),
        ("when,value\n1,2\n", "$.file", "fewer than two rows"),
        ("when,value\n03/04/2026,2\n04/05/2026,2\n", "$.file", "day or month may come first"),
        (b"PK\x03\x04 workbook", "$.file", "is a ZIP archive or an Excel workbook"),
        ("when,value\n1700000000\n", "$.file", "row 2, column 'value': has 1 values"),
        ("", "$.file", "is empty"),
    ],
)
def test_what_is_wrong_is_named(content: str | bytes, field: str, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(content)
    assert caught.value.field == field
    assert reason in caught.value.reason


def test_rows_are_counted_before_they_are_held() -> None:
    with pytest.raises(BadInput, match="more than 10 rows"):
        read("when,value\n" + "1700000000,1\n" * 11, most=10)
