"""The pages of transactions on real stores: search, one transaction, labels with undo, the queue, files, roles."""

import csv
import io
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from console.app import PREFIX
from console.pages import transactions
from core.db.engine import Database
from core.events.types import Prediction, Transaction
from core.pipeline.writer import Writer
from core.web.app import App
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]
ROOT = f"{PREFIX}transactions"


@pytest.fixture
def stored(app: App, db: Database) -> float:
    """Ten held transactions, t0 the dearest, and one that was sold."""
    now = time.time()
    held = [
        Prediction(
            id=f"t{n}",
            transaction_id=f"t{n}",
            timestamp=now - n,
            score=0.8,
            threshold=0.6,
            decision="BLOCKED",
            amount=1000.0 - n,
            wallet=f"w{n % 3}",
            ip="192.0.2.7",
            top_feature="=cmd()",
        )
        for n in range(10)
    ]
    sold = Transaction(id="s", transaction_id="sold", timestamp=now, type="purchase", amount=5.0, wallet="w0")
    Writer(db, 0.7).store([*held, sold], now)
    return now


def page(person: Person, path: str = "", status: int = 200) -> str:
    answer = person.client.get(ROOT + path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def ids(html: str) -> list[str]:
    return re.findall(r'<tr data-row="([^"]+)"', html)


def post(person: Person, path: str, **fields: str) -> Any:
    return person.client.post(f"{ROOT}/{path}", data=fields, headers={"X-CSRF-Token": person.token()})


def one_value(db: Database, statement: str) -> Any:
    with db.transaction() as connection:
        return connection.execute(text(statement)).scalar()


def test_the_list_filters_sorts_and_pages_by_address(stored: float, person: Make) -> None:
    viewer = person("vic", "viewer")
    assert len(ids(page(viewer))) == 10
    assert ids(page(viewer, "?q=w1")) == ["t1", "t4", "t7"]
    assert ids(page(viewer, "?sort=amount&amount_to=993")) == ["t7", "t8", "t9"]
    assert ids(page(viewer, "?q=192.0.2.7&sort=amount&dir=asc"))[0] == "t9"
    assert "Nothing matches" in page(viewer, "?label=fraud")
    assert ids(page(viewer, "?decision=UNSCORED")) == ["sold"]


def test_a_wrong_filter_keeps_what_was_typed_and_names_the_field(stored: float, person: Make) -> None:
    html = page(person("vic", "viewer"), "?score_from=high&wallet=w1", 400)
    assert 'value="high"' in html
    assert "Give a number from 0 to 1." in html
    assert "first page" in page(person("val", "viewer"), "?after=zzz", 400)


def test_the_csv_has_amounts_as_they_were_sent(stored: float, person: Make, db: Database) -> None:
    amounts = {"c1": 19.99, "c2": 131_072.03, "c3": 16_777_217.01, "c4": 0.004, "c5": 7.5}
    made = [
        Prediction(
            id=n, transaction_id=n, timestamp=stored, score=0.5, threshold=0.6, decision="APPROVED", amount=amount
        )
        for n, amount in amounts.items()
    ]
    Writer(db, 0.7).store([*made], stored)
    body = person("vic", "viewer").client.get(f"{ROOT}.csv?decision=APPROVED,UNSCORED").text
    found = {row["transaction_id"]: row for row in csv.DictReader(io.StringIO(body))}
    texts = {name: row["amount"] for name, row in found.items()}
    expected = {"c1": "19.99", "c2": "131072.03", "c3": "16777217.01", "c4": "0.004", "c5": "7.50", "sold": "5.00"}
    assert texts == expected
    assert found["c3"]["money_at_risk"] == "8388608.50", "half of it, to the cent"


def test_the_csv_is_what_is_shown_and_no_formula(stored: float, person: Make) -> None:
    answer = person("vic", "viewer").client.get(f"{ROOT}.csv?sort=amount&amount_from=999")
    lines = answer.get_data(as_text=True).splitlines()
    assert [line.split(",")[1] for line in lines] == ["transaction_id", "t0", "t1"]
    assert "'=cmd()" in lines[1]
    assert re.search(r"gatehouse-transactions-\d{12}-\d{12}\.csv", answer.headers["Content-Disposition"])


def test_a_label_is_stored_shown_and_taken_back(stored: float, person: Make, db: Database) -> None:
    ann = person("ann", "analyst")
    said = post(ann, "label", id="t3", label="fraud", comment=" two  cards ").json
    assert (said["result"], said["counts"]) == ("recorded", "fraud")
    assert "two cards" in said["html"]
    assert f'data-undo="{said["change"]}"' in said["html"]
    assert one_value(db, "SELECT sum(tp) FROM confusion_minutes") == 1
    assert one_value(db, "SELECT actor FROM audit_log WHERE action = 'label.set'") == "ann"
    back = post(ann, "undo", change=str(said["change"])).json
    assert (back["after"], back["counts"]) == (None, None)
    assert one_value(db, "SELECT count(*) FROM labels") == 0
    bob = person("bob", "analyst")
    again = post(ann, "label", id="t3", label="legit").json
    assert post(bob, "undo", change=str(again["change"])).status_code == 400


@pytest.mark.parametrize("fields", [{"label": "bad"}, {"id": ""}, {"id": "a\x00"}, {"comment": "x" * 1001}])
def test_a_bad_label_is_refused_by_its_field(stored: float, person: Make, fields: dict[str, str]) -> None:
    answer = post(person("ann", "analyst"), "label", **{"id": "t1", "label": "fraud", **fields})
    assert answer.status_code == 400
    assert answer.json["field"] == next(iter(fields))


def test_a_viewer_reads_and_does_not_label(stored: float, person: Make) -> None:
    vic = person("vic", "viewer")
    assert post(vic, "label", id="t1", label="fraud").status_code == 403
    assert post(vic, "queue/claim", id="t1").status_code == 403
    html = page(vic, "/queue")
    assert "your role reads" in html
    assert "data-queue" not in html


def test_two_analysts_do_not_review_the_same(stored: float, person: Make) -> None:
    ann, bob = person("ann", "analyst"), person("bob", "analyst")
    assert ids(page(ann, "/queue")) == [f"t{n}" for n in range(10)]
    assert post(ann, "queue/claim", id="t0").json["mine"] is True
    assert post(bob, "queue/claim", id="t0").json["holder"] == "ann"
    assert 'data-held="ann"' in page(bob, "/queue")
    assert post(bob, "label", id="t0", label="legit").status_code == 409
    assert post(ann, "label", id="t0", label="legit").status_code == 200
    assert ids(page(bob, "/queue"))[0] == "t1"
    assert post(ann, "queue/claim", id="t1").json["mine"] is True
    post(ann, "queue/release", id="t1")
    assert post(bob, "queue/claim", id="t1").json["mine"] is True


def test_one_transaction_says_what_cannot_be_asked(stored: float, person: Make) -> None:
    ann = person("ann", "analyst")
    html = page(ann, "/one?id=t1", 503)
    assert "Labels can still be given" in html
    assert 'value="fraud"' in html
    assert page(ann, "/one", 400)


def upload(person: Person, body: bytes, **fields: str) -> tuple[int, str]:
    data = {"csrf": person.token(), "source": "chargeback", **fields, "file": (io.BytesIO(body), "bank.csv")}
    answer = person.client.post(f"{ROOT}/labels", data=data, content_type="multipart/form-data")
    return answer.status_code, answer.get_data(as_text=True)


def test_a_file_is_taken_whole_or_not(stored: float, person: Make, db: Database) -> None:
    ann = person("ann", "analyst")
    body = b"\xef\xbb\xbftxn_id;label;reason\nt1;1;10.4\nt2;perhaps;\nstranger;1;\n"
    status, html = upload(ann, body)
    assert status == 400
    assert re.search(r"<td[^>]*>3</td><td[^>]*>label</td>", html)
    assert one_value(db, "SELECT count(*) FROM labels") == 0
    status, html = upload(ann, body, partial="1")
    assert status == 200
    assert "2 labels recorded" in html
    assert "stranger" in html
    assert one_value(db, "SELECT count(*) FROM audit_log WHERE action = 'label.batch'") == 1
    assert "0 labels recorded" in upload(ann, body, partial="1")[1]


@pytest.mark.parametrize(
    ("body", "words"), [(b"", "is empty"), (b"a,b\n1,2\n", "has no column"), (b"id,label\n", "no rows")]
)
def test_a_file_that_cannot_be_read_is_a_sentence(person: Make, body: bytes, words: str) -> None:
    status, html = upload(person("ann", "analyst"), body, source="analyst")
    assert status == 400
    assert words in html
    assert upload(person("abe", "analyst"), b"id,label\nt,1\n", source="rumour")[0] == 400


def test_a_limited_export_says_so_in_its_name_and_its_last_row() -> None:
    rows = [["a"], ["b"], ["c"]]
    assert list(transactions.capped(iter(rows), 0)) == rows
    assert list(transactions.capped(iter(rows), 3)) == rows
    (first, second, last) = transactions.capped(iter(rows), 2)
    assert (first, second) == (["a"], ["b"])
    assert "cut after 2 rows" in str(last[0])
