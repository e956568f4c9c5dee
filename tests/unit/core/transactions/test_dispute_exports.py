"""Exports of disputes: recognised by their headers; outcome and stage decide."""

import pytest

from core.transactions import dispute_exports, label_file
from core.transactions.label_file import Asked, Rows

NOW = 1_795_960_000.0  # 29 November 2026, 13:33 UTC

STRIPE = (
    "id,Dispute Created (UTC),Charge ID,Dispute Amount,Dispute Currency,Dispute Reason,Dispute Status,Charge Amount,"
    "Charge Currency,Charge Created (UTC),Customer Email,Payment Intent ID,Due Date (UTC)\n"
    "dp_1,2026-11-20 09:12,ch_1,10.00,usd,fraudulent,lost,10.00,usd,2026-11-19 08:00,a@b.c,pi_1,2026-12-01 23:59\n"
    "dp_2,2026-11-21 10:00,ch_2,20.00,usd,product_not_received,won,20.00,usd,2026-11-19 08:01,b@b.c,pi_2,\n"
    "dp_3,2026-11-22 10:00,ch_3,20.00,usd,fraudulent,needs_response,20.00,usd,2026-11-19 08:01,b@b.c,pi_3,\n"
    "dp_4,2026-11-22 10:00,ch_4,20.00,usd,general,warning_under_review,20.00,usd,2026-11-19 08:01,b@b.c,pi_4,\n"
)
STRIPE_API = (
    "dispute_id,charge_id,payment_intent_id,created,reason,status\n"
    "dp_1,ch_1,pi_1,2026-11-20 09:12,fraudulent,lost\ndp_2,ch_2,pi_2,2026-11-21,general,won\n"
    "dp_3,ch_3,pi_3,2026-11-22,fraudulent,under_review\ndp_4,ch_4,pi_4,2026-11-22,fraudulent,warning_needs_response\n"
)
ADYEN = (
    "Company Account;Merchant Account;Psp Reference;Merchant Reference;Payment Method;Record Date;Record Date TimeZone;"
    "Dispute Currency;Dispute Amount;Record Type;Dispute PSP Reference;Dispute Reason;Payment Date;Reserved;Reserved\n"
    "C;M;ch_1;o1;visa;2026-11-20 09:12:00;CET;EUR;10;Chargeback;d1;Fraud;2026-11-01;;\n"
    "C;M;ch_2;o2;visa;2026-11-21 10:00:00;CET;EUR;20;ChargebackReversed;d2;Not received;2026-11-01;;\n"
    "C;M;ch_3;o3;visa;2026-11-22 10:00:00;CET;EUR;20;NotificationOfChargeback;d3;Fraud;2026-11-01;;\n"
    "C;M;ch_4;o4;visa;2026-11-22 10:00:00;CET;EUR;20;RequestForInformation;d4;Fraud;2026-11-01;;\n"
)
BRAINTREE = (
    "Dispute ID,Received Date,Reply By Date,Status,Kind,Reason,Case Number,Transaction ID,Transaction Date,Order ID\n"
    "x1,11/20/2026,12/01/2026,Lost,Chargeback,Fraud,CB1,ch_1,11/01/2026,o1\n"
    "x2,11/21/2026,12/01/2026,Won,Chargeback,Fraud,CB2,ch_2,11/01/2026,o2\n"
    "x3,11/22/2026,12/01/2026,Open,Chargeback,Fraud,CB3,ch_3,11/01/2026,o3\n"
    "x4,11/22/2026,12/01/2026,Lost,Retrieval,Fraud,CB4,ch_4,11/01/2026,o4\n"
)
PAYPAL = (
    "Case ID,Original Transaction ID,Case Type,Case Reason,Case Status,Case Outcome,Case Filing Date,Transaction Date\n"
    "PP-1,ch_1,Chargeback,Unauthorised,Resolved,RESOLVED_BUYER_FAVOUR,2026-11-20,2026-11-01\n"
    "PP-2,ch_2,Claim,Not received,Resolved,Resolved in seller's favor,2026-11-21,2026-11-01\n"
    "PP-3,ch_3,Claim,Unauthorised,Waiting for seller's response,,2026-11-22,2026-11-01\n"
    "PP-4,ch_4,Inquiry,Unauthorised,OPEN,,2026-11-22,2026-11-01\n"
)
LIST = (
    "txn_id,amount,dispute_status,date,chargeback_date\n"
    "ch_1,10,LOST,2026-10-01,2026-11-20\nch_2,20,WON,2026-10-01,2026-11-21\n"
    "ch_3,20,ACTION_REQUIRED,2026-10-01,2026-11-22\nch_4,20,UNDER_REVIEW,2026-10-01,2026-11-22\n"
)


def parse(text: str, asked: Asked | str | None = "chargeback") -> Rows:
    return label_file.parse(text.encode(), NOW, "ann", 300, asked)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (STRIPE, "Stripe's disputes"),
        (STRIPE_API, "Stripe's disputes"),
        (ADYEN, "Adyen's disputes"),
        (BRAINTREE, "Braintree's disputes"),
        (PAYPAL, "PayPal's cases"),
        (LIST, "disputes"),
    ],
)
def test_an_export_is_recognised_and_its_outcomes_decide(text: str, kind: str) -> None:
    found = parse(text)
    assert (found.kind, found.bad) == (kind, [])
    assert [(one.transaction_id, one.label) for one in found.good] == [
        ("ch_1", "fraud"),
        ("ch_2", "legit"),
        ("ch_3", "unsure"),
        ("ch_4", "unsure"),
    ]
    assert {one.source for one in found.good} == {"chargeback"}
    days = [int((one.at - 1_795_132_800) // 86400) for one in found.good]  # since 20 November 2026
    assert days == [0, 1, 2, 2]
    assert any("is fraud" in sentence and "open is unsure" in sentence for sentence in found.guessed)


def test_a_dispute_export_needs_no_source() -> None:
    assert {one.source for one in parse(STRIPE, None).good} == {"chargeback"}


def test_every_column_that_may_name_the_transaction_is_kept() -> None:
    found = parse(STRIPE)
    assert found.columns["transaction_id"] == "Charge ID"
    assert found.ids == {
        "Charge ID": ["ch_1", "ch_2", "ch_3", "ch_4"],
        "Payment Intent ID": ["pi_1", "pi_2", "pi_3", "pi_4"],
    }
    named = parse(STRIPE, Asked("chargeback", id_column="Payment Intent ID"))
    assert [one.transaction_id for one in named.good][:2] == ["pi_1", "pi_2"]


def test_lost_for_another_reason_is_said() -> None:
    found = parse(STRIPE.replace(",won,", ",lost,"))
    assert any("1 lost disputes have a reason other than fraud" in sentence for sentence in found.guessed)


def test_a_word_that_is_no_outcome_is_named() -> None:
    found = parse(STRIPE.replace(",won,", ",maybe,").replace("needs_response", ""))
    assert [(one.row, one.field, one.reason) for one in found.bad] == [
        (3, "Dispute Status", "'maybe' is not a dispute outcome: won, lost, open …"),
        (4, "Dispute Status", "is empty"),
    ]


def test_an_export_without_outcomes_is_a_list_of_frauds() -> None:
    found = parse("Record Date,Psp Reference,Dispute Reason,Reserved,Reserved\n2026-11-20,8836b1,Fraud,,\n")
    assert [(one.transaction_id, one.label, one.comment) for one in found.good] == [("8836b1", "fraud", "Fraud")]
    assert "No column has the outcome of the disputes: each row counts as fraud." in found.guessed


@pytest.mark.parametrize(
    "header",
    [
        ["transaction_id", "label"],
        ["transaction_id", "amount", "date"],
        ["id", "is_fraud", "reason"],
        ["txn_id", "chargeback_date", "reason_code"],
        ["transaction_id", "reason_code", "date"],
        ["order_id", "status"],
    ],
)
def test_other_files_are_no_exports(header: list[str]) -> None:
    assert dispute_exports.recognised(header) is None


@pytest.mark.parametrize("text", ["NeedsResponse", "needs_response", "Needs response ", "NEEDS-RESPONSE"])
def test_an_outcome_is_one_word_however_it_is_written(text: str) -> None:
    assert dispute_exports.word(text) in {"needs response"}
    assert dispute_exports.says([text], "") == "unsure"
