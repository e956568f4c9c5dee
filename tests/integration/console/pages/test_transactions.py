"""The search over transactions on real stores: filter, order, pages, and CSV."""

import csv
import io
import re
from collections.abc import Callable

from console.pages.transactions import export
from core.db.engine import Database
from core.events.types import Prediction
from core.pipeline.writer import Writer
from tests.integration.console.conftest import Person
from tests.integration.console.pages.held import ROOT, ids, page

Make = Callable[[str, str], Person]


def test_the_list_filters_sorts_and_pages_by_address(stored: float, person: Make) -> None:
    viewer = person("vic", "viewer")
    assert len(ids(page(viewer))) == 10
    assert ids(page(viewer, "?q=w1")) == ["t1", "t4", "t7"]
    assert ids(page(viewer, "?sort=amount&amount_to=993")) == ["t7", "t8", "t9"]
    assert ids(page(viewer, "?q=192.0.2.7&sort=amount&dir=asc"))[0] == "t9"
    assert "No transactions match" in page(viewer, "?label=fraud")
    assert ids(page(viewer, "?decision=UNSCORED")) == ["sold"]


def test_a_wrong_filter_keeps_what_was_typed_and_names_the_field(stored: float, person: Make) -> None:
    html = page(person("vic", "viewer"), "?score_from=high&wallet=w1", 400)
    assert "high" in html.values("value")
    assert "Enter a number from 0 to 1." in html
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


def test_a_limited_export_says_so_in_its_name_and_its_last_row() -> None:
    rows = [["a"], ["b"], ["c"]]
    assert list(export.capped(iter(rows), 0)) == rows
    assert list(export.capped(iter(rows), 3)) == rows
    (first, second, last) = export.capped(iter(rows), 2)
    assert (first, second) == (["a"], ["b"])
    assert "limited to 2 rows" in str(last[0])
