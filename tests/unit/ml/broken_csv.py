"""A hundred kinds of broken training files: name, content, what else the mapping says, the place and words expected.

The place is what follows the file's name; "" is the file as a whole.
"""

import gzip
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

HEADER = "when,id,card,amount,speed,flag,kind,fraud"


def line(i: int) -> str:
    """A good row."""
    rng = random.Random(i)
    fraud = int(i % 7 == 0)
    kind = rng.choice(["shop", "resale", "gift"])
    flag = "true" if fraud else "false"
    return f"{1700000000 + i * 60},t{i},c{i % 20},{10 + i}.5,{rng.random() + fraud:.3f},{flag},{kind},{fraud}"


def good(n: int = 120) -> list[str]:
    """The lines of a good file, header first."""
    return [HEADER, *(line(i) for i in range(n))]


@dataclass(frozen=True)
class Broken:
    """One kind of broken file."""

    name: str
    content: bytes
    place: str
    reason: str
    more: dict[str, Any] = field(default_factory=dict)


def made(lines: list[str], end: str = "\n") -> bytes:
    return (end.join(lines) + end).encode()


def with_value(column: str, value: str, row: int = 7) -> bytes:
    """A good file with one value replaced; `row` as an editor counts."""
    lines = good()
    values = lines[row - 1].split(",")
    values[HEADER.split(",").index(column)] = value
    return made([*lines[: row - 1], ",".join(values), *lines[row:]])


def with_row(row: int, text: str) -> bytes:
    lines = good()
    return made([*lines[: row - 1], text, *lines[row:]])


def without(column: str) -> bytes:
    place = HEADER.split(",").index(column)
    return made([",".join(v for i, v in enumerate(text.split(",")) if i != place) for text in good()])


def header(text: str) -> bytes:
    return made([text, *good()[1:]])


def relabelled(label: Callable[[int], str]) -> bytes:
    return made([HEADER, *(line(i).rsplit(",", 1)[0] + f",{label(i)}" for i in range(120))])


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("data.csv", "\n".join(good()))
    return buffer.getvalue()


WHOLE = made(good())
PACKED = gzip.compress(WHOLE)
ROW7 = ", row 7"

CASES = [
    # the file as a whole
    Broken("empty", b"", "", "is empty"),
    Broken("only line breaks", b"\n\n\r\n", "", "is empty"),
    Broken("only spaces", b"   \t \n", "", "is empty"),
    Broken("only a byte order mark", b"\xef\xbb\xbf", "", "is empty"),
    Broken("header without rows", made(good()[:1]), "", "has a header but no rows"),
    Broken("header and blank lines", made([*good()[:1], "", ""]), "", "has a header but no rows"),
    Broken("a ZIP archive", zipped(), "", "ZIP archive or an Excel workbook"),
    Broken("an old Excel workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + WHOLE, "", "old Excel workbook"),
    Broken("a PDF", b"%PDF-1.7\n" + WHOLE, "", "PDF"),
    Broken("a picture", b"\x89PNG\r\n\x1a\n" + WHOLE, "", "picture"),
    Broken("bzip2", b"BZh91AY&SY" + WHOLE, "", "bzip2"),
    Broken("xz", b"\xfd7zXZ\x00" + WHOLE, "", "xz"),
    Broken("Zstandard", b"\x28\xb5\x2f\xfd" + WHOLE, "", "Zstandard"),
    Broken("an SQLite database", b"SQLite format 3\x00" + WHOLE, "", "SQLite"),
    Broken("JSON", b'{"rows": []}', "", "is JSON"),
    Broken("a JSON list", b"[1, 2]", "", "is JSON"),
    Broken("HTML", b"<!doctype html><p>not found</p>", "", "is HTML or XML"),
    Broken("gzip cut off", PACKED[: len(PACKED) // 2], "", "gzip file that is cut off"),
    Broken("gzip damaged", PACKED[:20] + bytes(40) + PACKED[60:], "", "gzip"),
    Broken("gzip of nothing", gzip.compress(b""), "", "is empty"),
    Broken("gzip of a broken row", gzip.compress(with_value("amount", "ten")), ROW7 + ", column 'amount'", "'ten'"),
    Broken("Parquet cut off", b"PAR1" + bytes(100), "", "damaged Parquet"),
    Broken("Parquet of nothing", b"PAR1PAR1", "", "damaged Parquet"),
    # text
    Broken(
        "Latin-2",
        with_row(7, "1700000000,t5,wąż,1,1,true,shop,0").replace("ąż".encode(), b"\xb1\xbf"),
        ROW7,
        "not UTF-8",
    ),
    Broken("a stray byte in the last row", made(good()).rstrip() + b"\xff\n", ", row 121", "is not UTF-8"),
    Broken("UTF-16 cut within a character", "\n".join(good()).encode("utf-16")[:-1], ", row", "is not UTF-16"),
    Broken("UTF-16 without its mark", "\n".join(good()).encode("utf-16-le"), ", row 1", "NUL character"),
    Broken("a NUL character", with_row(7, "1700000000,t5,c\0,1,1,true,shop,0"), ROW7, "NUL character"),
    Broken("binary", bytes(range(256)) * 4, ", row", "UTF-8"),
    # quotes and shape
    Broken(
        "a quote that never ends", with_row(7, '1700000000,t5,"c1,1,1,true,shop,0'), ROW7, "a quoted value never ends"
    ),
    Broken("text after a quote", with_row(7, '1700000000,t5,"c"1,1,1,true,shop,0'), ROW7, "is not CSV"),
    Broken(
        "a value beyond the reader's limit",
        with_row(7, f"1700000000,t5,{'c' * 140_000},1,1,true,shop,0"),
        ROW7,
        "limit",
    ),
    Broken("the last row cut off", WHOLE[:-20], ", row 121, column", "the file may be cut off"),
    Broken("the last row without its label", WHOLE.rstrip()[:-2] + b"\n", ", row 121, column 'fraud'", "is missing"),
    Broken("a short row in the middle", with_row(7, "1700000000,t5,c1"), ROW7 + ", column 'amount'", "has 3 values"),
    Broken("a long row", with_row(7, line(5) + ",1"), ROW7, "has 9 values where the header has 8"),
    Broken("a decimal comma", with_value("amount", "1,5"), ROW7, "has 9 values"),
    Broken("another delimiter in one row", with_row(7, line(5).replace(",", ";")), ROW7, "has 1 values"),
    Broken("a row of a number alone", with_row(7, "7"), ROW7, "has 1 values"),
    Broken("a total below", WHOLE + b"total,120\n", ", row 122", "has 2 values"),
    Broken("two files in one", WHOLE + WHOLE, ", row 122", "repeats the header"),
    Broken(
        "a line break within a value",
        with_row(7, '1700000000,t5,"c\n1",ten,1,true,shop,0'),
        ROW7 + ", column 'amount'",
        "'ten'",
    ),
    Broken(
        "a mistake after a line break within a value",
        made([*good()[:6], '1700000000,t5,"c\n1",1,1,true,shop,0', line(6).replace("16.5", "ten"), *good()[8:]]),
        ", row 9, column 'amount'",
        "'ten'",
    ),
    # the header
    Broken("no header", made(good()[1:]), ", row 1", "has no column 'fraud'"),
    Broken("a blank header", header(",,,,,,,"), ", row 1", "names no column"),
    Broken("the label named twice", header("when,id,card,amount,speed,flag,fraud,fraud"), ", row 1", "'fraud' twice"),
    Broken("a title above the header", made(["Export of May", *good()]), ", row 1", "has no column 'fraud'"),
    Broken("the label in capitals", header(HEADER.replace("fraud", "FRAUD")), ", row 1", "did you mean 'FRAUD'"),
    Broken(
        "too few names",
        header("when,id,card,amount,speed,flag,fraud"),
        ", row 2",
        "has 8 values where the header has 7",
    ),
    Broken("too many names", header(HEADER + ",more"), ", row 2, column 'more'", "has 8 values where the header has 9"),
    Broken("a quote in the header", header('when,id,"card,amount,speed,flag,kind,fraud'), ", row 1", ""),
    Broken("no label column", without("fraud"), ", row 1", "has no column 'fraud'"),
    Broken("no time column", without("when"), ", row 1", "has no column 'when'"),
    Broken("no id column", without("id"), ", row 1", "has no column 'id'"),
    Broken("no entity column", without("card"), ", row 1", "has no column 'card'"),
    Broken("no amount column", without("amount"), ", row 1", "has no column 'amount'"),
    Broken("a feature that is not there", WHOLE, ", row 1", "has no column 'age'", {"features": ("speed", "age")}),
    Broken("a category that is not there", WHOLE, ", row 1", "has no column 'tone'", {"categorical": ("tone",)}),
    # the mapping
    Broken(
        "the label as a feature",
        WHOLE,
        ", row 1",
        "label 'fraud' cannot be a feature",
        {"features": ("speed", "fraud")},
    ),
    Broken("the time as a feature", WHOLE, ", row 1", "time 'when' cannot be a feature", {"features": ("when",)}),
    Broken("label and time in one", WHOLE, ", row 1", "cannot be label and time at once", {"time": "fraud"}),
    Broken("id and entity in one", WHOLE, ", row 1", "cannot be entity and id at once", {"entity": "id"}),
    Broken(
        "nothing left to learn from",
        WHOLE,
        ", row 1",
        "no column is left",
        {"ignore": ("amount", "speed", "flag", "kind")},
    ),
    Broken("a delimiter of two", WHOLE, "", "a delimiter is one character", {"delimiter": "::"}),
    Broken("the wrong delimiter", WHOLE, ", row 1", "has no column 'fraud'", {"delimiter": ";"}),
    # labels
    Broken("a label that is none", with_value("fraud", "maybe"), ROW7 + ", column 'fraud'", "'maybe' is not a label"),
    Broken("a label of two", with_value("fraud", "2"), ROW7 + ", column 'fraud'", "'2' is not a label"),
    Broken("a label of minus one", with_value("fraud", "-1"), ROW7 + ", column 'fraud'", "'-1' is not a label"),
    Broken("a label of a half", with_value("fraud", "0.5"), ROW7 + ", column 'fraud'", "'0.5' is not a label"),
    Broken("an empty label", with_value("fraud", ""), ROW7 + ", column 'fraud'", "the label is missing (in 1 rows"),
    Broken("a label of NaN", with_value("fraud", "NaN"), ROW7 + ", column 'fraud'", "the label is missing"),
    Broken("no label at all", relabelled(lambda i: ""), ", row 2, column 'fraud'", "the label is missing (in 120 rows"),
    Broken(
        "no label, unlabelled skipped",
        relabelled(lambda i: ""),
        "",
        "has no row with a label",
        {"skip_unlabelled": True},
    ),
    Broken(
        "only honest rows",
        relabelled(lambda i: "0"),
        ", column 'fraud'",
        "older part of the time-ordered split has no fraud",
    ),
    Broken("only frauds", relabelled(lambda i: "1"), ", column 'fraud'", "has only fraud"),
    Broken(
        "no fraud lately",
        relabelled(lambda i: str(int(i < 5))),
        ", column 'fraud'",
        "newer part of the time-ordered split has no",
    ),
    Broken("no fraud of old", relabelled(lambda i: str(int(i > 115))), ", column 'fraud'", "older part"),
    Broken("one row", made(good(1)), ", column 'fraud'", "both classes are needed"),
    Broken("two rows", made(good(2)), ", column 'fraud'", "both classes are needed"),
    Broken("a word for fraud that never occurs", WHOLE, ", column 'fraud'", "no fraud", {"fraud_is": "bad"}),
    Broken("labels that are times", WHOLE, ", row 2, column 'when'", "is not a label", {"label": "when", "time": None}),
    Broken("labels that are ids", WHOLE, ", row 2, column 'id'", "'t0' is not a label", {"label": "id", "id": None}),
    # numbers
    Broken("a word among numbers", with_value("speed", "fast"), ROW7 + ", column 'speed'", "'fast' is not a number"),
    Broken("a unit", with_value("speed", "5km"), ROW7 + ", column 'speed'", "'5km'"),
    Broken("a currency", with_value("amount", "$15"), ROW7 + ", column 'amount'", "'$15'"),
    Broken("a share in percent", with_value("speed", "50%"), ROW7 + ", column 'speed'", "'50%'"),
    Broken("a quoted decimal comma", with_value("speed", '"0;5"'), ROW7 + ", column 'speed'", "'0;5'"),
    Broken(
        "marks of thousands in odd places",
        with_row(7, '1700000300,t5,c5,"1,50,0",1,false,shop,0'),
        ROW7 + ", column 'amount'",
        "'1,50,0'",
    ),
    Broken("hexadecimal", with_value("speed", "0x1F"), ROW7 + ", column 'speed'", "'0x1F'"),
    Broken("digits with underscores", with_value("speed", "1_000"), ROW7 + ", column 'speed'", "'1_000'"),
    Broken("infinity", with_value("speed", "inf"), ROW7 + ", column 'speed'", "beyond single precision"),
    Broken("minus infinity", with_value("speed", "-Infinity"), ROW7 + ", column 'speed'", "beyond single precision"),
    Broken("a number too large", with_value("speed", "1e39"), ROW7 + ", column 'speed'", "beyond single precision"),
    Broken(
        "a number without end", with_value("speed", "9" * 400), ROW7 + ", column 'speed'", "beyond single precision"
    ),
    Broken("two numbers in one", with_value("speed", "0.1 0.2"), ROW7 + ", column 'speed'", "'0.1 0.2'"),
    Broken("a spreadsheet's error", with_value("speed", "#DIV/0!"), ROW7 + ", column 'speed'", "'#DIV/0!'"),
    Broken("a formula", with_value("speed", "=A1+B1"), ROW7 + ", column 'speed'", "'=A1+B1'"),
    Broken("a date among numbers", with_value("speed", "2024-01-01"), ROW7 + ", column 'speed'", "'2024-01-01'"),
    Broken("a word among flags and numbers", with_value("speed", "yes"), ROW7 + ", column 'speed'", "'yes'"),
    Broken(
        "an empty feature that was asked for",
        made([t.replace("true", "").replace("false", "") for t in good()]),
        ", column 'flag'",
        "it is empty",
        {"features": ("speed", "flag")},
    ),
    # money, times, ids
    Broken("a negative amount", with_value("amount", "-5"), ROW7 + ", column 'amount'", "the amount is negative"),
    Broken("a missing amount", with_value("amount", ""), ROW7 + ", column 'amount'", "the amount is missing"),
    Broken("a missing time", with_value("when", ""), ROW7 + ", column 'when'", "the time is missing"),
    Broken("a time in words", with_value("when", "yesterday"), ROW7 + ", column 'when'", "'yesterday' is not ISO 8601"),
    Broken("a day that does not exist", with_value("when", "2024-02-30"), ROW7 + ", column 'when'", "not ISO 8601"),
    Broken("an American date", with_value("when", "12/31/2024"), ROW7 + ", column 'when'", "'12/31/2024'"),
    Broken("a month of 13", with_value("when", "2024-13-01T00:00:00Z"), ROW7 + ", column 'when'", "not ISO 8601"),
    Broken("a time before 1970", with_value("when", "-5"), ROW7 + ", column 'when'", "between 1970 and 2100"),
    Broken(
        "a time of the year 9999", with_value("when", "9999-01-01"), ROW7 + ", column 'when'", "between 1970 and 2100"
    ),
    Broken("a time in microseconds", with_value("when", "1700000000000000"), ROW7 + ", column 'when'", "between 1970"),
    Broken("a time without end", with_value("when", "inf"), ROW7 + ", column 'when'", "between 1970"),
    Broken("a time of NaN", with_value("when", "nan"), ROW7 + ", column 'when'", "between 1970"),
    Broken("a missing id", with_value("id", ""), ROW7 + ", column 'id'", "the id is missing"),
    Broken("an id twice", with_value("id", "t2"), ROW7 + ", column 'id'", "was in row 4 already"),
    Broken("a row twice", with_row(7, line(2)), ROW7 + ", column 'id'", "was in row 4 already"),
]
