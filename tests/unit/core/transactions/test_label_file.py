"""Files of labels: every usual form is read, every bad row is named by its line and column."""

import gzip

import pytest

from core.errors import BadInput
from core.transactions import label_file
from core.transactions.label_file import Asked, Limits, Rows

NOW = 1_790_000_000.0


def parse(text: str | bytes, source: str | None = "analyst", most: int = 100) -> Rows:
    body = text if isinstance(text, bytes) else text.encode()
    return label_file.parse(body, NOW, "ann", 300, source, Limits(rows=most))


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
    assert [(one.row, one.reason) for one in found.bad] == [(6, "contains characters that are not allowed here")]


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
        (4, "id"),
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
        (gzip.compress(bytes(Limits().unpacked + 1)), "file", "more than 33,554,432 bytes when unpacked"),
    ],
)
def test_what_cannot_be_read_is_said_as_before(body: bytes, field: str, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(body)
    assert caught.value.field == field
    assert reason in caught.value.reason


def test_what_names_no_transaction_or_says_nothing_is_refused_by_name() -> None:
    text = "transaction_id,is_fraud\nt1,1\nt2,\nTotal,3\n4.53958E+15,1\nt3,NA\nGrand total: 5,\nSumme,\nt4,?\n"
    found = parse(text, source="chargeback")
    assert [one.transaction_id for one in found.good] == ["t1"]
    said = {one.row: one.reason for one in found.bad}
    assert said[3] == "is empty"
    assert "row of totals" in said[4]
    assert "shortened by a spreadsheet" in said[5]
    assert "'NA' is ambiguous" in said[6]
    assert "row of totals" in said[7]
    assert "row of totals" in said[8]
    assert "'?' is ambiguous" in said[9]


def test_what_is_not_decided_yet_is_unsure() -> None:
    assert [one.label for one in parse("id,label\na,unknown\nb,pending\nc,in_review\n").good] == ["unsure"] * 3


@pytest.mark.parametrize(
    ("column", "text", "at"),
    [
        ("date", "46284.5", 1789819200.0),  # Excel's days
        ("date", "1789819200000", 1789819200.0),
        ("date", "9/19/2026 12:00", 1789819200.0),
        ("date", "20260919", 1789776000.0),
        ("timestamp", "2026-09-19T12:00:00+02:00", 1789812000.0),
        ("chargeback_date", "2026-09-22", 1_790_000_000.0),  # tomorrow in UTC, today in Tokyo: now
        ("timestamp", "2026-09-21 22:00:00", 1_790_000_000.0),
    ],
)
def test_times_are_read_as_files_write_them(column: str, text: str, at: float) -> None:
    found = parse(f"transaction_id,{column}\nt1,{text}\n", source="chargeback")
    assert (found.bad, [one.at for one in found.good]) == ([], [at])


def test_times_of_the_east_are_said() -> None:
    found = parse("id,label,time\na,fraud,2026-09-22\nb,fraud,2026-09-22\nc,fraud,2026-09-01\n")
    assert found.guessed == ["Read as now: 2 times without a zone, ahead of UTC's clock as clocks east of it are."]
    assert found.kind == ""


def test_a_time_with_a_zone_or_two_days_ahead_is_still_in_the_future() -> None:
    found = parse("id,label,time\na,fraud,2026-09-21T20:00:00Z\nb,fraud,2026-09-24\n")
    assert [(one.row, one.field) for one in found.bad] == [(2, "time"), (3, "time")]


def test_times_without_a_zone_are_of_the_zone_that_is_said() -> None:
    body = b"id,label,time\na,fraud,2026-09-19 12:00\n"
    found = label_file.parse(body, NOW, "ann", 300, Asked("analyst", "Asia/Tokyo"))
    assert found.good[0].at == 1789819200.0 - 9 * 3600
    with pytest.raises(BadInput, match="no time zone 'Mars'"):
        label_file.parse(body, NOW, "ann", 300, Asked("analyst", "Mars"))


def test_the_chargebacks_date_counts_and_never_the_payments() -> None:
    found = parse("transaction_id,date,amount,chargeback_date\nd,2026-05-01,10,2026-09-01\n", source="chargeback")
    assert found.columns["timestamp"] == "chargeback_date"
    paid = parse("transaction_id,payment_date\nd,2026-05-01\n", source="chargeback")
    assert not paid.good[0].dated
    assert "'payment_date' is the time of the payment" in paid.guessed[0]


def test_a_banks_list_under_another_name_is_taken_and_said() -> None:
    found = parse("Merchant Reference;Betrag;Datum\nm-1;1.234,50 €;20.09.2026\n", source="chargeback")
    assert [(one.transaction_id, one.label) for one in found.good] == [("m-1", "fraud")]
    assert found.guessed == ["The transaction is named by the column 'Merchant Reference'."]


def test_doubled_columns_are_no_harm_unless_they_decide() -> None:
    found = parse("transaction_id,amount,Amount,amount\nt,1,1,2\n", source="chargeback")
    assert (len(found.good), found.guessed) == (1, [])
