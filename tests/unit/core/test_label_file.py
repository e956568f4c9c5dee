"""Files of labels: every usual form is read, every bad row is named by its line and column."""

import gzip

import pytest

from core import label_file
from core.errors import BadInput
from core.label_file import Rows

NOW = 1_790_000_000.0


def parse(text: str | bytes, source: str | None = "analyst", most: int = 100) -> Rows:
    body = text if isinstance(text, bytes) else text.encode()
    return label_file.parse(body, NOW, "ann", 300, source, most)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_byte_order_marks_are_found_out(mark: str, encoding: str) -> None:
    text = mark.join(("Transaction ID", "is_fraud", "note")) + "\r\n" + mark.join(("t1", "1", "stolen")) + "\r\n"
    found = parse(text.encode(encoding))
    assert (found.good[0].transaction_id, found.good[0].label, found.good[0].comment) == ("t1", "fraud", "stolen")
    assert found.delimiter == mark


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("1", "fraud"),
        ("0", "legit"),
        ("FRAUD", "fraud"),
        ("Legitimate", "legit"),
        ("unsure", "unsure"),
        ("no", "legit"),
    ],
)
def test_words_for_labels(text: str, word: str) -> None:
    assert parse(f"transaction_id,label\nt1,{text}").good[0].label == word


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("id,is_fraud\na,f\nb,f\n", ["legit", "legit"]),  # PostgreSQL's false, and no frauds today
        ("id,label\na,t\nb,f\n", ["fraud", "legit"]),
        ("id,label\na,F\nb,L\nc,U\n", ["fraud", "legit", "unsure"]),
        ("id,fraud\na,F\nb,L\nc,U\n", ["fraud", "legit", "unsure"]),  # l and u are no truths
        ("id,is_fraud\na,TRUE\nb,f\n", ["fraud", "legit"]),
        ("id,label\na,f\nb,legit\n", ["fraud", "legit"]),
        ("id,fraud\na,Y\nb,N\nc,1.0\nd,0.0\n", ["fraud", "legit", "fraud", "legit"]),
    ],
)
def test_letters_mean_what_their_column_says(text: str, labels: list[str]) -> None:
    found = parse(text)
    assert ([one.label for one in found.good], found.bad) == (labels, [])


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("id,label\na,f\nb,l\nc,true\n", "row 3, column 'label'", "'l' is here and 'true' in row 4"),
        ("id,label\na,f\nb,f\nc,True\n", "row 2, column 'label'", "'f' is here and 'True' in row 4"),
        ("id,is_fraud\na,T\nb,F\nc,U\n", "row 2, column 'is_fraud'", "'T' is here and 'U' in row 4"),
        ("id,is_fraud\na,f\nb,u\n", "row 2, column 'is_fraud'", "'f' is here and 'u' in row 3"),
        ("id,is_fraud\na,0\nb,f\nc,fraud\n", "row 3, column 'is_fraud'", "'f' is here and 'fraud' in row 4"),
    ],
)
def test_a_letter_that_may_mean_two_things_refuses_the_file(text: str, field: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(text)
    assert caught.value.field == field
    assert caught.value.reason == f"{said}, so an f may be fraud or false; write fraud and legit"


def test_a_file_that_contradicts_itself_says_where() -> None:
    found = parse("id,label\na,legit\nb,fraud\na,fraud\nb,fraud\n")
    assert [(one.row, one.field, one.reason) for one in found.bad] == [
        (4, "label", "says fraud of a transaction that is legit in row 2")
    ]
    assert found.rows == [2, 3, 5]
    later = parse("id,label,time,source\na,legit,2020-01-01,\na,fraud,2020-01-02,\na,fraud,2020-01-01,chargeback\n")
    assert (later.bad, len(later.good)) == ([], 3)


def test_blank_lines_above_and_lines_within_a_comment_are_no_harm() -> None:
    found = parse('\r\n\r\nid;label;note\r\na;fraud;"two\r\nlines"\r\nb;fraud;\x07\r\n')
    assert found.good[0].comment == "two\nlines"
    assert [(one.row, one.reason) for one in found.bad] == [(6, "holds characters that are not allowed here")]


def test_a_file_of_chargebacks_needs_no_label() -> None:
    found = parse("txn_id,chargeback_date,reason_code\nt1,2020-05-01,10.4\nt2,,\n", source="chargeback")
    assert [(g.label, g.source, g.dated) for g in found.good] == [
        ("fraud", "chargeback", True),
        ("fraud", "chargeback", False),
    ]
    assert found.good[0].comment == "10.4"


def test_a_column_names_the_source_of_each_row() -> None:
    found = parse("id,label,source\nt1,fraud,chargeback\nt2,legit,appeal\nt3,legit,\n")
    assert [g.source for g in found.good] == ["chargeback", "appeal", "analyst"]


def test_bad_rows_are_named_by_line_and_column_and_the_good_ones_kept() -> None:
    found = parse(
        "id;verdict;time\n"
        "t1;fraud;\n"
        ";fraud;\n"
        '"quoted\nid";fraud;\n'
        "t4;perhaps;\n"
        "t5;fraud;someday\n"
        "t6;fraud\n"
        "\n"
        "t8;legit;2020-01-01T00:00:00Z\n"
    )
    assert [(g.transaction_id, row) for g, row in zip(found.good, found.rows, strict=True)] == [("t1", 2), ("t8", 10)]
    assert [(bad.row, bad.field) for bad in found.bad] == [
        (3, "id"),
        (5, "id"),
        (6, "verdict"),
        (7, "time"),
        (8, "row"),
    ]
    assert "2 values, the header 3" in found.bad[-1].reason


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "file"),
        (b"   \n", "file"),
        (b"id,label\nt1,fraud\n\xff\xfe,x", "row 3"),
        (b"id,label\nt\x001,fraud", "file"),
        (b"label\nfraud", "row 1"),
        (b"id,comment\nt1,x", "row 1"),
        (b"id,id,label\nt1,t2,fraud", "row 1"),
        (b"id,label\n1,fraud\n2,fraud\n3,fraud\n4,fraud", "row 5"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(body: bytes, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(body, most=3)
    assert caught.value.field == field


def test_the_source_must_be_known() -> None:
    for source in (None, "rumour"):
        with pytest.raises(BadInput, match="source"):
            parse("id,label\nt1,fraud", source=source)


def test_a_file_may_be_packed_and_in_windows_1252_which_is_said() -> None:
    text = "id;is_fraud;reason\r\nt1;1;gestohlen in Köln\r\n"
    for body in (gzip.compress(text.encode()), gzip.compress(text.encode("utf-16"))):
        found = parse(body)
        assert (found.good[0].comment, found.note) == ("gestohlen in Köln", "")
    found = parse(text.encode("cp1252"))
    assert found.good[0].comment == "gestohlen in Köln"
    assert "read as windows-1252: row 2 has 'Köln'" in found.note
    assert parse(f"sep=;\r\n{text}").rows == [3]


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ("id,label,note\nt1,fraud,Łódź\n".encode("cp1250"), "row 2", "is not utf-8 text"),
        (gzip.compress(b"id,label\nt1,fraud\n")[:-5], "file", "cut off"),
        (gzip.compress(b" "), "file", "is empty"),
        (gzip.compress(bytes(label_file.UNPACKED + 1)), "file", "more than 100,000,000 bytes when unpacked"),
    ],
)
def test_what_cannot_be_read_is_said_as_before(body: bytes, field: str, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(body)
    assert caught.value.field == field
    assert reason in caught.value.reason
