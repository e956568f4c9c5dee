"""What pandas, Arrow and others write into a Parquet file about its categories, and what is no such thing."""

import pytest

from core.tabular.declared_categories import declared

# The schema of a file of pyarrow 19: relp is dictionary<int8, string>, x is float64 and y int64.
REAL = (
    b"/////ygDAAAQAAAAAAAKAA4ABgAFAAgACgAAAAABBAAQAAAAAAAKAAwAAAAEAAgACgAAABwCAAAEAAAAAQAAAAwAAAAIAAwABAAIAAgAAAD0"
    b"AQAABAAAAOcBAAB7ImluZGV4X2NvbHVtbnMiOiBbXSwgImNvbHVtbl9pbmRleGVzIjogW10sICJjb2x1bW5zIjogW3sibmFtZSI6ICJyZWxw"
    b"IiwgImZpZWxkX25hbWUiOiAicmVscCIsICJwYW5kYXNfdHlwZSI6ICJjYXRlZ29yaWNhbCIsICJudW1weV90eXBlIjogImludDgiLCAibWV0"
    b"YWRhdGEiOiB7Im51bV9jYXRlZ29yaWVzIjogMTgsICJvcmRlcmVkIjogZmFsc2V9fSwgeyJuYW1lIjogIngiLCAiZmllbGRfbmFtZSI6ICJ4"
    b"IiwgInBhbmRhc190eXBlIjogImZsb2F0NjQiLCAibnVtcHlfdHlwZSI6ICJmbG9hdDY0IiwgIm1ldGFkYXRhIjogbnVsbH0sIHsibmFtZSI6"
    b"ICJ5IiwgImZpZWxkX25hbWUiOiAieSIsICJwYW5kYXNfdHlwZSI6ICJpbnQ2NCIsICJudW1weV90eXBlIjogImludDY0IiwgIm1ldGFkYXRh"
    b"IjogbnVsbH1dLCAiY3JlYXRvciI6IHsibGlicmFyeSI6ICJweWFycm93IiwgInZlcnNpb24iOiAiMTkuMC4xIn0sICJwYW5kYXNfdmVyc2lv"
    b"biI6ICIxLjUuMyJ9AAYAAABwYW5kYXMAAAMAAACEAAAARAAAAAQAAADU////AAABAhAAAAAUAAAABAAAAAAAAAABAAAAeQAAAHD///8AAAAB"
    b"QAAAABAAFAAIAAYABwAMAAAAEAAQAAAAAAABAxAAAAAYAAAABAAAAAAAAAABAAAAeAAGAAgABgAGAAAAAAACABAAGAAIAAYABwAMABAAFAAQ"
    b"AAAAAAABBRQAAABEAAAAIAAAAAQAAAAAAAAABAAAAHJlbHAAAAAACAAIAAAABAAIAAAADAAAAAgADAAIAAcACAAAAAAAAAEIAAAABAAEAAQA"
    b"AAAAAAAA"
)


def test_pandas_says_so_in_its_json() -> None:
    text = (
        b'{"columns": [{"name": "a", "field_name": "a", "pandas_type": "categorical"}, '
        b'{"field_name": "b", "pandas_type": "int64"}]}'
    )
    assert declared({b"pandas": text}) == {"a"}


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"\xff", b'{"columns": 3}', b'{"columns": [3]}'])
def test_other_json_declares_nothing(text: bytes) -> None:
    assert declared({b"pandas": text, b"ARROW:schema": text}) == frozenset()


def test_arrow_says_so_in_its_schema() -> None:
    assert declared({b"ARROW:schema": REAL}) == {"relp"}


@pytest.mark.parametrize("cut", range(0, len(REAL) - 400, 60))
def test_a_schema_that_is_cut_off_is_no_error(cut: int) -> None:
    assert declared({b"ARROW:schema": REAL[:cut]}) <= {"relp"}
