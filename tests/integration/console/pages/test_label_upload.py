"""A file of labels in the console: taken at once where nothing was guessed, else shown before it counts."""

import io
import time
from collections.abc import Callable
from typing import Any

import pytest

from console.app import PREFIX
from core.db.engine import Database
from core.events.types import Prediction
from core.stores import Stores
from tests.components import Shown
from tests.integration.console.conftest import Person
from tests.integration.console.pages.held import ROOT, one_value

Make = Callable[[str, str], Person]
STRIPE = (
    b"id,Dispute Created (UTC),Charge ID,Dispute Reason,Dispute Status,Charge Created (UTC),Payment Intent ID\n"
    b"dp_1,2026-01-20 09:12,ch_1,fraudulent,lost,2026-01-19 08:00,pi_1\n"
    b"dp_2,2026-01-21 10:00,ch_2,general,won,2026-01-19 08:01,pi_2\n"
)


def upload(person: Person, content: bytes, **typed: str) -> tuple[int, Shown]:
    data: dict[str, Any] = {"csrf": person.token(), "source": "chargeback", **typed}
    data["file"] = (io.BytesIO(content), "disputes.csv")
    answer = person.client.post(f"{PREFIX}transactions/labels", data=data, content_type="multipart/form-data")
    return answer.status_code, Shown(answer.json["content"])


def token_of(page: Shown) -> str:
    """Under which the file is kept."""
    links = [str(link) for link in page.values("href") if "unmatched.csv?token=" in str(link)]
    assert links
    return links[0].split("token=")[1]


def labelled(db: Database) -> list[tuple[str, str]]:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT transaction_id, label::text FROM labels ORDER BY 1")
        return list(cursor.fetchall())


def test_what_was_guessed_is_shown_before_it_counts(person: Make, db: Database, stores: Stores) -> None:
    now = time.time()
    scored = Prediction(id="pi_1", transaction_id="pi_1", timestamp=now, score=0.2, decision="APPROVED", threshold=0.5)
    stores.writer.store([scored], now)
    ann = person("ann", "analyst")
    status, page = upload(ann, STRIPE)
    assert status == 200
    assert "Review before import" in page
    assert "The transaction is named by the column 'Payment Intent ID'" in page
    assert "1 fraud, 1 legit, 0 unsure" in page
    assert labelled(db) == []
    token = token_of(page)
    assert token in page.values("value")
    ids = ann.client.get(f"{PREFIX}transactions/labels/unmatched.csv?token={token}")
    assert ids.get_data(as_text=True).split() == ["transaction_id", "pi_2"]
    status, answer = ann.post("transactions/labels", source="chargeback", token=token, agreed="1")
    assert (status, "2 labels imported" in answer) == (200, True)
    assert labelled(db) == [("pi_1", "fraud"), ("pi_2", "legit")]


def test_a_file_of_another_person_or_hour_is_asked_for_again(person: Make, db: Database) -> None:
    _, page = upload(person("ann", "analyst"), STRIPE)
    status, answer = person("bob", "analyst").post(
        "transactions/labels", source="chargeback", token=token_of(page), agreed="1"
    )
    assert (status, "Choose it again" in answer, labelled(db)) == (400, True, [])


def test_a_plain_file_is_taken_at_once_and_its_unmatched_ids_are_there(person: Make, db: Database) -> None:
    ann = person("ann", "analyst")
    status, page = upload(ann, b"transaction_id,label\nt-1,fraud\n")
    assert (status, "1 labels imported" in page) == (200, True)
    ids = ann.client.get(f"{PREFIX}transactions/labels/unmatched.csv?token={token_of(page)}")
    assert ids.get_data(as_text=True).split() == ["transaction_id", "t-1"]


def test_a_bad_row_is_named_and_nothing_is_taken(person: Make, db: Database) -> None:
    status, page = upload(person("ann", "analyst"), b"transaction_id\nt-1\nTotal\n4.5E+15\n")
    assert (status, labelled(db)) == (400, [])
    assert "row of totals" in page
    assert "shortened by a spreadsheet" in page


def send_file(person: Person, body: bytes, **fields: str) -> tuple[int, Any]:
    data = {"csrf": person.token(), "source": "chargeback", **fields, "file": (io.BytesIO(body), "bank.csv")}
    answer = person.client.post(f"{ROOT}/labels", data=data, content_type="multipart/form-data")
    said = answer.json
    return answer.status_code, Shown(said["content"]) if said.get("place") else str(said.get("fields"))


def test_a_file_is_taken_whole_or_not(stored: float, person: Make, db: Database) -> None:
    ann = person("ann", "analyst")
    body = b"\xef\xbb\xbftxn_id;label;reason\nt1;1;10.4\nt2;perhaps;\nstranger;1;\n"
    status, html = send_file(ann, body)
    assert status == 400
    assert html.rows()[0][1:3] == [3, "label"]
    assert one_value(db, "SELECT count(*) FROM labels") == 0
    status, html = send_file(ann, body, partial="1")
    assert status == 200
    assert "2 labels imported" in html
    assert "stranger" in html
    assert one_value(db, "SELECT count(*) FROM audit_log WHERE action = 'label.batch'") == 1
    assert "0 labels imported" in send_file(ann, body, partial="1")[1]


@pytest.mark.parametrize(
    ("body", "words"), [(b"", "is empty"), (b"a,b\n1,2\n", "has no column"), (b"id,label\n", "no rows")]
)
def test_a_file_that_cannot_be_read_is_a_sentence(person: Make, body: bytes, words: str) -> None:
    status, html = send_file(person("ann", "analyst"), body, source="analyst")
    assert status == 400
    assert words in html
    assert send_file(person("abe", "analyst"), b"id,label\nt,1\n", source="rumour")[0] == 400
