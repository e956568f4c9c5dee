"""The filter of the transaction search: every text is understood or named."""

import pytest

from core.errors import BadInput
from core.transactions.search_filter import parse, strict, told_apart

NOW = 1_790_000_000.0


def test_nothing_asked_is_the_last_day_newest_first() -> None:
    asked, wrong = parse({}, NOW)
    assert wrong == {}
    assert (asked.sort, asked.ascending, asked.decision) == ("time", False, ())
    assert asked.start.timestamp() == NOW - 86400


def test_everything_asked() -> None:
    asked, wrong = parse(
        {
            "from": "2020-01-01", "to": "2020-01-02", "score_from": "0.4", "score_to": "0.7", "amount_from": "10",
            "decision": "review,BLOCKED", "label": "none", "type": "purchase", "ip": "::ffff:192.0.2.1",
            "sort": "amount", "dir": "asc", "wallet": " w1 ",
        },
        NOW,
    )  # fmt: skip
    assert wrong == {}
    assert (asked.end - asked.start).days == 2, "a day as `to` is the whole day"
    assert (asked.decision, asked.ip, asked.wallet, asked.ascending) == (("REVIEW", "BLOCKED"), "192.0.2.1", "w1", True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("span", "2y"), ("from", "soon"), ("from", "0001-01-01"), ("to", "1999-01-01"), ("score_from", "1.2"),
        ("score_to", "nan"), ("amount_from", "-1"), ("amount_to", "x"), ("decision", "HELD"), ("label", "evil"),
        ("type", "gift"), ("ip", "300.1.1.1"), ("q", "x" * 201), ("wallet", "a\x00b"), ("sort", "colour"),
    ],
)  # fmt: skip
def test_a_wrong_text_is_named_and_left_out(name: str, text: str) -> None:
    assert list(parse({name: text}, NOW)[1]) == [name]
    with pytest.raises(BadInput, match=name):
        strict({name: text}, NOW)


def test_ends_must_be_in_order() -> None:
    assert list(parse({"from": "2020-01-02", "to": "2020-01-01"}, NOW)[1]) == ["to"]
    assert list(parse({"score_from": "0.7", "score_to": "0.5"}, NOW)[1]) == ["score_to"]


def test_one_box_takes_an_id_a_wallet_or_an_address() -> None:
    assert told_apart(strict({"q": "2001:DB8::1"}, NOW), False).ip == "2001:db8::1"
    assert told_apart(strict({"q": "t-1"}, NOW), True).id == "t-1"
    assert told_apart(strict({"q": "0xabc"}, NOW), False).wallet == "0xabc"
    assert told_apart(strict({}, NOW), False).wallet is None
