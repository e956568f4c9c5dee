"""Labels over HTTP: JSON and files, what is answered, and that nothing is half taken unasked."""

import gzip
import time
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from core.db.engine import Database
from core.settings import Settings
from tests.integration.api.making import Store, get, prediction


def post(client: FlaskClient, body: Any, **headers: str) -> Any:
    return client.post("/api/v1/labels", json=body, headers=headers)


def file(client: FlaskClient, text: str, query: str = "") -> Any:
    return client.post(f"/api/v1/labels/file{query}", data=text.encode(), content_type="text/csv")


def label(name: str = "t0", **more: Any) -> dict[str, Any]:
    return {"transaction_id": name, "label": "fraud", "source": "analyst", **more}


def test_labels_are_stored_and_the_answer_says_what_counts(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([prediction(0, now, 0.9, "BLOCKED")], now)
    answer = post(client, [label(comment="seen"), label("unknown"), label(label="maybe")]).json
    assert (answer["recorded"], answer["unknown"], answer["rejected"][0]["index"]) == (2, 1, 2)
    assert answer["results"][0]["counts"] == "fraud"
    assert post(client, label()).json["unchanged"] == 1
    shown = get(client, "/api/v1/transactions/t0")
    assert (shown["labels"][0]["comment"], shown["labels"][0]["actor"]) == ("seen", "anonymous")
    assert [change["after"] for change in shown["label_changes"]] == ["fraud"]


def test_a_repeated_request_counts_once(client: FlaskClient) -> None:
    first = post(client, [label(), label("t1")], **{"Idempotency-Key": "k"}).json
    post(client, label(label="legit"))
    again = post(client, [label(), label("t1")], **{"Idempotency-Key": "k"}).json
    assert (first["recorded"], again["repeated"], again["results"][0]["counts"]) == (2, 2, "legit")


def test_a_file_of_chargebacks_outranks_analysts(client: FlaskClient) -> None:
    post(client, label(label="legit"))
    answer = file(client, "\ufefftransaction_id;reason\nt0;10.4\nt1;10.4\n", "?source=chargeback").json
    assert answer["recorded"] == 2
    assert {row["counts"] for row in answer["results"]} == {"fraud"}


def test_a_file_with_a_bad_row_is_taken_whole_or_not(client: FlaskClient) -> None:
    text = "transaction_id,label,source\nt0,fraud,analyst\nt1,dunno,analyst\n"
    refused = file(client, text)
    assert (refused.status_code, refused.json["recorded"]) == (400, 0)
    assert refused.json["rejected"] == [
        {"field": "label", "reason": "'dunno' is not a label: fraud, legit, unsure, 1 or 0", "index": None, "row": 3}
    ]
    taken = file(client, text, "?partial=true")
    assert (taken.status_code, taken.json["recorded"], len(taken.json["rejected"])) == (200, 1, 1)


@pytest.mark.parametrize("body", [b"", b"transaction_id,label,source\n", b"\xff\xff\xff"])
def test_a_file_that_is_none_is_refused(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/api/v1/labels/file", data=body, content_type="text/csv")
    assert answer.status_code == 400
    assert answer.json["field"]
    assert client.post("/api/v1/labels/file", data=body, content_type="image/png").status_code == 415


def test_a_packed_file_in_windows_1252_is_taken_and_said(client: FlaskClient) -> None:
    body = gzip.compress("id;label;source;note\nt8;fraud;chargeback;Köln\n".encode("cp1252"))
    answer = client.post("/api/v1/labels/file", data=body, content_type="application/gzip")
    assert (answer.status_code, answer.json["recorded"]) == (200, 1)
    assert "row 2 has 'Köln'" in answer.json["note"]


def test_nothing_is_taken_that_cannot_be_audited(known: Settings, make_app: Any, db: Database) -> None:
    import dataclasses

    client = make_app(dataclasses.replace(known, secret_key="")).test_client()
    assert post(client, label()).status_code == 503
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM labels")
        assert cursor.fetchone() == (0,)
    assert msgspec.json.decode(post(client, []).data)["status"] == 400


STRIPE = (
    "id,Dispute Created (UTC),Charge ID,Dispute Reason,Dispute Status,Charge Created (UTC),Payment Intent ID\n"
    "dp_1,2026-01-20 09:12,ch_1,fraudulent,lost,2026-01-19 08:00,t0\n"
    "dp_2,2026-01-21 10:00,ch_2,general,won,2026-01-19 08:01,t1\n"
    "dp_3,2026-01-21 10:00,ch_3,general,needs_response,2026-01-19 08:01,t2\n"
)


def test_a_dispute_export_says_how_it_is_read_and_then_counts(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([prediction(0, now, 0.9, "REVIEW"), prediction(1, now, 0.9, "REVIEW")], now)
    dry = file(client, STRIPE, "?dry_run=true").json
    assert (dry["recorded"], dry["dry_run"], dry["unknown"]) == (0, True, 1)
    read = dry["read"]
    assert read["kind"] == "Stripe's disputes"
    assert read["columns"] == {
        "transaction_id": "Payment Intent ID",
        "label": "Dispute Status",
        "timestamp": "Dispute Created (UTC)",
        "comment": "Dispute Reason",
    }
    assert read["labels"] == {"fraud": 1, "legit": 1, "unsure": 1}
    assert read["unmatched"] == ["t2"]
    assert any("ids that are known here: 'Charge ID' 0, 'Payment Intent ID' 2" in said for said in read["guessed"])
    taken = file(client, STRIPE).json
    assert [(row["transaction_id"], row["after"], row["counts"]) for row in taken["results"]] == [
        ("t0", "fraud", "fraud"),
        ("t1", "legit", "legit"),
        ("t2", "unsure", None),
    ]
    named = file(client, STRIPE, "?dry_run=true&id_column=Charge+ID").json["read"]
    assert named["columns"]["transaction_id"] == "Charge ID"


def test_a_dispute_that_is_lost_later_counts_then(client: FlaskClient) -> None:
    assert file(client, STRIPE).json["recorded"] == 3
    later = STRIPE.replace("2026-01-21", "2026-02-21").replace("needs_response", "lost")
    by_id = {row["transaction_id"]: row["counts"] for row in file(client, later).json["results"]}
    assert by_id["ch_3"] == "fraud"


def test_more_rows_than_are_documented_are_refused_by_name(client: FlaskClient, known: Settings) -> None:
    most = known.config.uploads.labels_rows
    answer = file(client, "transaction_id\n" + "a\n" * (most + 1), "?source=chargeback")
    assert (answer.status_code, answer.json["detail"]) == (400, f"the file has more than {most:,} rows; split it")
