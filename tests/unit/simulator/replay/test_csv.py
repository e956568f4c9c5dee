"""CSV of transactions with a column mapping."""

import unicodedata

import pytest

from core.errors import BadInput
from simulator.replay import csv
from simulator.replayer import Parsed
from tests.unit.simulator.replay.sample import check_taken, options, sample

LINES = [
    "when,price,ip,tries,fraud,kind",
    "2022-12-24T15:53:30Z,7.5,203.0.113.9,3,1,transfer",
    "2022-12-24T15:53:31Z,8,203.0.113.10,,0,",
    "2022-12-24T15:53:32Z,x,203.0.113.10,1,0,",
    "2022-12-24T15:53:33Z,1,elsewhere,1,0,",
    "2022-12-24T15:53:34Z,1,,1,maybe,",
    "soon,1,,1,0,",
    "2022-12-24T15:53:35Z,1",
    "",
    "2022-12-24T15:53:36Z,-1,,1,0,",
    "2022-12-24T15:53:37Z,1,,1,0,gift",
]
MAPPED = (
    "--map",
    "timestamp=when",
    "amount=price",
    "ip=ip",
    "type=kind",
    "feature:failed_payments_24h=tries",
    "--label",
    "fraud",
)


def test_rows_become_transactions_with_features_and_labels() -> None:
    first, second = csv.read(LINES, options("csv", *MAPPED)).items
    assert first.event == {"kind": "transaction", "type": "transfer", "amount": 7.5, "ip": "203.0.113.9"}
    assert first.score == {"amount": 7.5, "ip": "203.0.113.9", "features": {"failed_payments_24h": 3.0, "amount": 7.5}}
    assert (first.label, second.label) == ("fraud", "legit")
    assert second.event["type"] == "purchase"
    assert second.score is not None
    assert second.score["features"] == {"amount": 8.0}
    assert second.when - first.when == 1


def test_malformed_rows_are_named() -> None:
    parsed = csv.read(LINES, options("csv", *MAPPED))
    assert [line for line, _ in parsed.malformed] == [4, 5, 6, 7, 8, 10, 11]
    assert parsed.skipped == 1
    check_taken(parsed)


def test_a_spreadsheet_of_another_country_says_the_same() -> None:
    text = ["when;price;fraud", "1700000000000;7,50;yes", "2023-11-14 22:13:21 UTC;8;N", '1700000002;"1.200,25";t']
    parsed = csv.read(text, options("csv", "--map", "timestamp=when", "amount=price", "--label", "fraud"))
    assert [item.event["amount"] for item in parsed.items] == [7.5, 8.0, 1200.25]
    assert [item.when - 1_700_000_000 for item in parsed.items] == [0, 1, 2]
    assert [item.label for item in parsed.items] == ["fraud", "legit", "fraud"]
    check_taken(parsed)


def test_features_may_be_words_and_truths() -> None:
    text = ["timestamp,amount,shop,new", "1700000000,1,web,TRUE", "1700000001,1,12,f"]
    parsed = csv.read(text, options("csv", "--map", "feature:shop=shop", "feature:new=new"))
    assert [item.score["features"] for item in parsed.items if item.score] == [
        {"shop": "web", "new": True, "amount": 1.0},
        {"shop": 12.0, "new": False, "amount": 1.0},
    ]


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (["F", "M", "F"], ["F", "M", "F"]),
        (["F", "T", r"\N"], [False, True, None]),
        (["f", "t", "unknown"], ["f", "t", "unknown"]),
        (["TRUE", "f", "t"], [True, False, True]),
        (["3", "NA", "<NA>"], [3.0, None, None]),
        (["12,14", "1,2", "1,20"], ["12,14", "1,2", "1,20"]),
    ],
)
def test_a_feature_is_read_as_its_whole_column_is_meant(words: list[str], sent: list[str | float | None]) -> None:
    for mark in (",", ";"):
        text = [f"timestamp{mark}amount{mark}x", *(f'1700000000{mark}1{mark}"{word}"' for word in words)]
        parsed = csv.read(text, options("csv", "--map", "feature:x=x"))
        assert [item.score["features"].get("x") for item in parsed.items if item.score] == sent
        assert not parsed.malformed


def test_commas_that_may_mean_two_things_are_malformed_and_proven_ones_are_read() -> None:
    text = ["timestamp;amount;x", "1700000000;950;1,234", "1700000001;1,234;2,500"]
    parsed = csv.read(text, options("csv", "--map", "feature:x=x"))
    assert [(line, reason[:34]) for line, reason in parsed.malformed] == [
        (2, "'1,234' in 'x' is not a number: it"),
        (3, "'1,234' in 'amount' is not a numbe"),
    ]
    proven = csv.read([*text[:2], "1700000001;1,234.50;2,500.5"], options("csv", "--map", "feature:x=x"))
    assert [item.event["amount"] for item in proven.items] == [950.0, 1234.5]
    assert [item.score["features"]["x"] for item in proven.items if item.score] == [1234.0, 2500.5]


@pytest.mark.parametrize(
    ("times", "apart"),
    [
        (("20240131", "20240201"), 86400),
        (("31/01/2024 10:00", "01/02/2024 10:00"), 86400),
        (("1700000000000000", "1700000060000000"), 60),
    ],
)
def test_times_that_only_the_column_tells(times: tuple[str, str], apart: int) -> None:
    parsed = csv.read(["timestamp,amount", "NA,1", *(f"{time},1" for time in times)], options("csv"))
    first, second = parsed.items
    assert [line for line, _ in parsed.malformed] == [2]
    assert second.when - first.when == apart
    assert first.when > 1_690_000_000
    with pytest.raises(BadInput, match="day or month may come first"):
        csv.read(["timestamp,amount", "03/04/2024,1"], options("csv"))


def test_what_stands_for_nothing_is_no_label_and_no_wallet() -> None:
    text = ["timestamp,amount,card,y", "1700000000,1,NULL,NA"]
    (item,) = csv.read(text, options("csv", "--map", "wallet=card", "--label", "y")).items
    assert (item.label, item.event) == (None, {"kind": "transaction", "type": "purchase", "amount": 1.0})


@pytest.mark.parametrize("when", ["nan", "inf", "-5", "1e300", "9999-01-01", "0001-01-01T00:00:00+23:59"])
def test_a_time_that_is_none_moves_nothing(when: str) -> None:
    parsed = csv.read(["timestamp,amount", f"{when},1", "1700000000,1"], options("csv"))
    assert [line for line, _ in parsed.malformed] == [2]
    check_taken(parsed)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--map", "amount"], "not field=column"),
        (["--map", "colour=price"], "no field 'colour'"),
        (["--map", "amount=cost", "timestamp=when"], "no column 'cost'"),
        (["--map", "amount=price"], "no column 'timestamp'"),
        (["--map", "amount=price", "timestamp=when", "--label", "truth"], "no column 'truth'"),
    ],
)
def test_a_wrong_mapping_is_named(arguments: list[str], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        csv.read(LINES, options("csv", *arguments))


def test_an_empty_file_is_named() -> None:
    with pytest.raises(BadInput, match="no header"):
        csv.read([], options("csv"))


def test_a_real_file_whole() -> None:
    text = sample("aws_fraud/transaction_data_2K_coldstart.csv").read_text().splitlines()
    parsed = csv.read(
        text,
        options(
            "csv", "--map", "timestamp=EVENT_TIMESTAMP", "amount=order_price", "ip=ip_address", "--label", "EVENT_LABEL"
        ),
    )
    assert not parsed.malformed
    assert len(parsed.items) == len(text) - 1
    frauds = sum(line.startswith("1,") for line in text)
    assert sum(item.label == "fraud" for item in parsed.items) == frauds > 0
    check_taken(parsed)


def replayed(content: bytes | str, *arguments: str) -> Parsed:
    raw = content.encode() if isinstance(content, str) else content
    return csv.READER.parsed(raw, options("csv", "--map", "timestamp=when", *arguments))


def amounts(parsed: Parsed) -> list[float]:
    return [item.event["amount"] for item in parsed.items]


def test_a_spreadsheet_of_the_west_keeps_its_accents_apart() -> None:
    text = "when,amount,who\n1700000000,1.5,Renée\n1700000001,1.5,Renêe\n".encode("cp1252")
    for encoding in ([], ["--encoding", "cp1252"]):
        parsed = replayed(text, "wallet=who", *encoding)
        assert [item.event["wallet"] for item in parsed.items] == ["Renée", "Renêe"]
    assert "was read as windows-1252" in replayed(text).notes[0]


def test_both_forms_of_an_accent_are_one_wallet() -> None:
    nfd = unicodedata.normalize("NFD", "1700000001,1,Renée\n")
    parsed = replayed("when,amount,who\n1700000000,1,Renée\n" + nfd, "wallet=who")
    assert len({item.event["wallet"] for item in parsed.items}) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sep=;\nwhen;amount\n1700000000;1,5\n1700000001;2,5\n", [1.5, 2.5]),
        ("\n\nwhen,amount\n1700000000,1.5\n", [1.5]),
        ("\n\nsep=;\n\nwhen;amount\n1700000000;1,5\n", [1.5]),
        ("when,amount\n1700000000,$1.50\n1700000001,$2.50\n", [1.5, 2.5]),
        ('when,amount\n1700000000,"1,234.50"\n1700000001,"$2.50"\n', []),  # a unit in one value only
        ('when,amount\n1700000000,"1,234.50"\n1700000001,2.50\n', [1234.5, 2.5]),
        ('when,amount\n1700000000,"1.234,50"\n1700000001,"2,50"\n', [1234.5, 2.5]),
        ('"when" "amount"\n"1" "2026-11-27T10:00:00Z" 1.5\n', [1.5]),
        ("when,amount,amount\n1700000000,1.5,99\n", [1.5]),
        ("when;amount\r1700000000;1\r", [1.0]),
    ],
)
def test_a_replay_takes_what_training_takes(text: str, expected: list[float]) -> None:
    found = amounts(replayed(text))
    assert found == expected or (not expected and len(found) < 2)


def test_a_name_that_comes_twice_is_numbered_and_said() -> None:
    parsed = replayed("when,amount,amount\n1700000000,1.5,99\n", "platform_fee=amount.1")
    assert parsed.items[0].event["platform_fee"] == 99
    assert "'amount' is 'amount.1'" in parsed.notes[0]


def test_days_of_a_spreadsheet_are_read_and_said() -> None:
    parsed = replayed("when,amount\n46345.5,1.5\n")
    assert parsed.items[0].when == 1795089600.0  # noon of 19 November 2026
    assert "Excel's days since 1900" in parsed.notes[0]


def test_own_ids_are_kept_and_each_counts_once() -> None:
    text = "TX,when,amount\nTX-1,1700000000,1\nTX-1,1700000001,2\n,1700000002,3\n" + "x" * 201 + ",1700000003,3\n"
    parsed = replayed(text, "transaction_id=TX")
    assert [item.own for item in parsed.items] == ["TX-1"]
    assert [(line, reason[:30]) for line, reason in parsed.malformed] == [
        (3, "the id 'TX-1' was in row 2 alr"),
        (4, "has no id in 'TX'"),
        (5, "the id 'xxxxxxxxxxxxxxxxxxxxxx"),
    ]


@pytest.mark.parametrize("content", [b"\xfd7zXZ\x00", b"PK\x03\x04", b"%PDF-1.7", b"{}", b"<html>"])
def test_what_is_no_table_is_refused_by_its_name(content: bytes) -> None:
    with pytest.raises(BadInput, match=r"is an xz file that is cut off|Excel workbook|PDF|JSON|HTML"):
        replayed(content + b"\n1,2\n")


def test_a_quote_that_never_ends_is_named() -> None:
    parsed = replayed('when,amount\n1700000000,1\n1700000001,"2\n1700000002,3\n')
    assert amounts(parsed) == [1.0]
    assert parsed.malformed == [(3, "not CSV: a quoted value never ends")]
