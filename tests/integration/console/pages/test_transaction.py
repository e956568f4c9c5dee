"""One transaction on real stores: a label is stored, shown, refused by field and taken back; what cannot be asked."""

from collections.abc import Callable

import pytest

from core.db.engine import Database
from tests.components import Shown
from tests.integration.console.conftest import Person
from tests.integration.console.pages.held import one_value, page, post

Make = Callable[[str, str], Person]


def test_a_label_is_stored_shown_and_taken_back(stored: float, person: Make, db: Database) -> None:
    ann = person("ann", "analyst")
    said = post(ann, "transactions/label", id="t3", label="fraud", comment=" two  cards ").json
    assert (said["result"], said["counts"]) == ("recorded", "fraud")
    assert "two cards" in Shown(said["content"])
    assert Shown(said["content"]).values("data-undo") == [str(said["change"])]
    assert one_value(db, "SELECT sum(tp) FROM confusion_minutes") == 1
    assert one_value(db, "SELECT actor FROM audit_log WHERE action = 'label.set'") == "ann"
    back = post(ann, "transactions/undo", change=str(said["change"])).json
    assert (back["after"], back["counts"]) == (None, None)
    assert one_value(db, "SELECT count(*) FROM labels") == 0
    bob = person("bob", "analyst")
    again = post(ann, "transactions/label", id="t3", label="legit").json
    assert post(bob, "transactions/undo", change=str(again["change"])).status_code == 400


@pytest.mark.parametrize("fields", [{"label": "bad"}, {"id": ""}, {"id": "a\x00"}, {"comment": "x" * 1001}])
def test_a_bad_label_is_refused_by_its_field(stored: float, person: Make, fields: dict[str, str]) -> None:
    answer = post(person("ann", "analyst"), "transactions/label", **{"id": "t1", "label": "fraud", **fields})
    assert answer.status_code == 400
    assert answer.json["field"] == next(iter(fields))


def test_one_transaction_says_what_cannot_be_asked(stored: float, person: Make) -> None:
    ann = person("ann", "analyst")
    html = page(ann, "/one?id=t1", 503)
    assert "You can still add labels" in html
    assert "fraud" in html.values("value")
    assert "Enter a transaction id" in page(ann, "/one", 400)
