"""Transactions, review queue, files and thresholds in a browser, over the real monitoring API and real stores."""

import random
import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from console.pages.thresholds.outcome import ROWS
from console.thresholds import history as threshold_history
from core import settings as core_settings
from core.clock import to_datetime
from core.db.engine import Database
from core.events.types import Event, Label, Prediction, Transaction
from core.models import registry
from core.models.registry import ReferenceBins
from core.pipeline.writer import Writer
from core.transactions import review
from core.transactions.review import ReviewConfig
from core.transactions.thresholds import Thresholds, outcome
from tests.browser.accessible import faults, looks
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser
NAMES = ("amount", "txn_velocity_1h", "wallet_age")
COUNT = 90


def fill(db: Database) -> None:
    """Ninety scored transactions of three features, a third of them labelled, and their sales."""
    bins = [ReferenceBins(name, [0.5], [1, 1, 0]) for name in NAMES]
    version = registry.save(
        db, algorithm="boosted", artefact=b"x", features=list(NAMES), reference=bins, metrics={}, fingerprint="f"
    )
    rng, now = random.Random(4), time.time()
    events: list[Event] = []
    for n in range(COUNT):
        score = round(rng.random(), 3)
        held_out = score >= 0.7 and n % 2 == 0
        decision = "BLOCKED" if score >= 0.7 and not held_out else "REVIEW" if score >= 0.4 else "APPROVED"
        shared: dict[str, Any] = {
            "id": f"tx-{n:03d}",
            "transaction_id": f"tx-{n:03d}",
            "timestamp": now - 600 * n,
            "amount": float(10 + n),
            "wallet": f"0xwallet{n % 6}",
            "ip": f"192.0.2.{n % 9}",
        }
        weights = [rng.uniform(-2, 2) for _ in NAMES]
        values = [rng.random() for _ in NAMES]
        events.append(
            Prediction(
                **shared,
                score=score,
                decision=decision,
                holdout=0.3 if held_out else None,
                threshold=0.6,
                model_version=version,
                feature_values=values,
                contribution_values=weights,
                top_feature="amount",
                top_value=values[0],
                latency_ms=2.0,
            )
        )
        if decision != "BLOCKED":
            events.append(Transaction(**shared, type="purchase"))
        if n % 3 == 0:
            label = "fraud" if score > 0.6 else "legit"
            events.append(Label(id=f"l{n}", transaction_id=f"tx-{n:03d}", label=label, source="analyst", timestamp=now))
    Writer(db, 0.7).store(events, now)


class Analyst(Desk):
    """A desk at which transactions are labelled."""

    def go(self, path: str) -> None:
        """Open an address, and wait until the page is there."""
        self.page.goto(self.url + path)
        expect(self.page.locator("#region h1")).to_have_count(1)

    def queue(self) -> list[str]:
        """The ids of the review queue, as stored."""
        config = core_settings.load({}).section("review", ReviewConfig)
        with self.db.transaction() as connection:
            return [one.row.transaction_id for one in review.queue(connection, config, time.time())]


@pytest.fixture
def desk_kind(db: Database) -> type[Analyst]:
    """With transactions to label."""
    fill(db)
    return Analyst


def test_search_open_label_and_take_back(desk: Analyst) -> None:
    page = desk.page
    desk.go("transactions")
    page.fill("#f-q", "0xwallet2")
    page.select_option("#f-span", "30d")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=0xwallet2"))
    assert "score_from" not in page.url, "an empty field is not asked for"
    expect(page.locator("#rows tbody tr")).to_have_count(15)
    page.click("#rows th >> text=Amount")
    expect(page.locator("#rows tbody tr").first).to_contain_text("tx-086")
    page.click("text=tx-086")
    expect(page.locator("article h2")).to_have_text("tx-086")
    page.wait_for_selector("article .js-plotly-plot .main-svg")
    expect(page.locator("article")).to_contain_text("Similar past cases")
    assert page.locator("[aria-label='Similar past cases'] tbody tr").count() == 6
    page.keyboard.press("c")
    page.keyboard.type("same card as tx-002")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator("#verdict .verdict-now")).to_contain_text("fraud")
    expect(page.locator("tr[data-key=tx-086] [data-column=label]")).to_contain_text("fraud")
    expect(page.locator("#verdict")).to_contain_text("same card as tx-002")
    assert desk.value("SELECT label::text FROM effective_labels WHERE transaction_id = 'tx-086'") == "fraud"
    page.keyboard.press("z")
    expect(page.locator("#verdict .verdict-now")).to_contain_text("unknown")
    assert desk.value("SELECT count(*) FROM labels WHERE transaction_id = 'tx-086'") == 0
    address = page.url
    page.goto(desk.url)
    page.goto(address)
    expect(page.locator("article h2")).to_have_text("tx-086")
    page.keyboard.press("Escape")
    assert "open=" not in page.url
    assert desk.complaints == []
    assert len(desk.hosts) == 1


def test_two_escapes_at_once_leave_the_page_alone(desk: Analyst) -> None:
    page = desk.page
    page.goto(desk.url)
    desk.go("transactions")
    page.click("#rows tbody tr:nth-child(2)")
    expect(page.locator("#side article")).to_have_count(1)
    page.evaluate(
        "() => [1, 2].forEach(() => document.body.dispatchEvent("
        "new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })))"
    )
    page.wait_for_url(lambda url: "open=" not in url)
    page.wait_for_timeout(300)
    assert page.url.endswith("transactions")
    expect(page.locator("#side article")).to_have_count(0)


def test_the_back_button_closes_what_was_opened_and_does_not_retrace_every_step(desk: Analyst) -> None:
    page = desk.page
    desk.go("transactions")
    hint = page.inner_text("#side")
    page.click("#rows tbody tr:nth-child(2)")
    page.keyboard.press("j")
    expect(page.locator("article h2")).to_have_text("tx-002")
    page.go_back()
    expect(page.locator("#side article")).to_have_count(0)
    assert (page.inner_text("#side"), "open=" in page.url) == (hint, False)
    page.go_forward()
    expect(page.locator("article h2")).to_have_text("tx-002")
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"transactions$"))


def test_the_drawer_over_any_page_labels_and_takes_back(desk: Analyst) -> None:
    page = desk.page
    page.goto(f"{desk.url}alerts?txn=tx-004")
    expect(page.locator("#drawer article h2")).to_have_text("tx-004")
    page.keyboard.press("l")
    expect(page.locator("#drawer #toast")).to_contain_text("tx-004: legit")
    assert desk.value("SELECT label::text FROM effective_labels WHERE transaction_id = 'tx-004'") == "legit"
    page.click("#toast >> text=Undo (z)")
    expect(page.locator("#drawer .verdict-now")).to_contain_text("unknown")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator("body > #toast")).to_be_visible()
    expect(page).to_have_url(re.compile("alerts$"))


def test_the_figures_of_the_queue_follow_what_is_labelled(desk: Analyst) -> None:
    page = desk.page
    desk.go("transactions/queue")
    names = ("waiting", "blocked", "risk", "mine")
    before = [page.inner_text(f"#{name}") for name in names]
    page.keyboard.press("j")
    page.wait_for_selector("#verdict")
    page.keyboard.press("f")
    expect(page.locator("#mine")).to_have_text("1")
    after = [page.inner_text(f"#{name}") for name in names]
    desk.go("transactions/queue")
    assert after == [page.inner_text(f"#{name}") for name in names], "as the server counts them"
    assert before[0] != after[0]
    assert before[2] != after[2]


def test_the_head_of_a_long_list_stays(desk: Analyst) -> None:
    page = desk.page
    desk.go("transactions")
    page.evaluate("scrollTo(0, 900)")
    page.wait_for_timeout(100)
    top = page.evaluate("document.querySelector('#rows th').getBoundingClientRect().top")
    assert 40 <= top <= 60, "right below the bar"


def test_the_way_to_another_page_labels_nothing(desk: Analyst) -> None:
    page = desk.page
    desk.go("transactions?open=tx-001&span=30d")
    page.wait_for_selector("#verdict")
    before = desk.value("SELECT count(*) FROM label_changes")
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.wait_for_url(re.compile(r"users"))
    assert desk.value("SELECT count(*) FROM label_changes") == before


def test_the_queue_is_worked_by_keys(desk: Analyst) -> None:
    page = desk.page
    waiting = desk.queue()
    desk.go("transactions/queue")
    assert page.locator("#rows tbody tr").evaluate_all("rows => rows.map((one) => one.dataset.key)") == waiting
    page.keyboard.press("j")
    expect(page.locator("article h2")).to_have_text(waiting[0])
    expect(page.locator(f"tr[data-key={waiting[0]}] [data-column=hand]")).to_have_text("you")
    assert desk.value("SELECT user_name FROM review_claims") == "admin"
    for at, (key, word) in enumerate((("f", "fraud"), ("l", "legit"), ("u", "unsure"))):
        page.wait_for_selector(f"#verdict[data-id={waiting[at]}]")
        page.keyboard.press(key)
        expect(page.locator(f"tr[data-key={waiting[at]}] [data-column=hand]")).to_have_text(word)
        expect(page.locator("article h2")).to_have_text(waiting[at + 1])
    expect(page.locator("#mine")).to_have_text("3")
    expect(page.locator("#waiting")).to_have_text(str(len(waiting) - 3))
    assert desk.queue() == waiting[3:]
    page.keyboard.press("z")
    expect(page.locator("article h2")).to_have_text(waiting[2])
    assert desk.queue() == waiting[2:]
    with desk.db.transaction() as connection:
        connection.execute(text("DELETE FROM review_claims"))
        review.claim(connection, waiting[5], "bob", core_settings.load({}).section("review", ReviewConfig), time.time())
    page.reload()
    page.click(f"text={waiting[5]}")
    expect(page.locator("#verdict")).to_contain_text("bob is reviewing this transaction")
    expect(page.locator(".say-fraud")).to_be_disabled()
    assert desk.complaints == []


def test_a_file_of_chargebacks(desk: Analyst, tmp_path: Path) -> None:
    page = desk.page
    file = tmp_path / "bank.csv"
    file.write_text("txn_id;reason\ntx-001;10.4\n;10.4\n")
    desk.go("transactions/labels")
    page.set_input_files("#f-file", file)
    page.click("#submit-label_upload_send")
    expect(page.locator("#label-result [role=alert]")).to_contain_text("nothing was imported")
    expect(page.locator("[aria-label='Invalid rows'] tbody tr")).to_have_text(re.compile(r"3\s*txn_id\s*is empty"))
    page.check("input[name=partial]")
    page.set_input_files("#f-file", file)
    page.click("#submit-label_upload_send")
    expect(page.locator("#label-result [role=status]")).to_contain_text("1 labels imported")
    assert desk.value("SELECT source::text FROM effective_labels WHERE transaction_id = 'tx-001'") == "chargeback"


def test_sliders_answer_as_the_core_does_and_are_put_in_force(desk: Analyst) -> None:
    page = desk.page
    desk.go("thresholds?span=24h")
    page.wait_for_selector("#sim .main-svg")
    now = time.time()
    rules = core_settings.load({}).config.policy.holdout
    history = threshold_history.history(desk.db, to_datetime(now - 86400), to_datetime(now + 3600), rules)
    for fraud, review_from, block in ((0.6, 0.4, 0.7), (0.5, 0.35, 0.65), (0.9, 0.2, 0.95)):
        chosen = Thresholds(fraud_threshold=fraud, review_from=review_from, block_from=block)
        desk.go(f"thresholds?span=24h&t={review_from},{fraud},{block}")
        known = outcome(history.curve, chosen)
        for row in ROWS:
            value = getattr(known, row.name)
            words = row.write(getattr(value, "value", value))
            shown = page.locator("#outcome tr", has=page.get_by_role("rowheader", name=row.words, exact=True))
            expect(shown.locator("td b").nth(1)).to_have_text(words)
    desk.go("thresholds?span=24h")
    page.locator("#s-fraud_threshold").fill("0.5")
    expect(page.locator("#o-fraud_threshold")).to_have_text("0.500")
    expect(page.locator("#policy-words")).to_contain_text("BLOCKED from there")
    page.fill("#f-note", "try it")
    page.click("text=Save as proposal")
    expect(page.locator("#proposals tbody")).to_contain_text("try it")
    expect(page.locator("#o-fraud_threshold")).to_have_text("0.500")
    page.locator("#s-block_margin").fill("0.2")
    page.click("#apply >> text=Apply thresholds")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("To undo it, apply other thresholds.")
    dialog.get_by_role("button", name="Apply thresholds").click()
    expect(page.locator("#toast")).to_contain_text("Thresholds applied.")
    assert desk.value("SELECT block_from FROM policy_versions ORDER BY version DESC LIMIT 1") == pytest.approx(0.7)
    assert desk.value("SELECT profile FROM policy_versions ORDER BY version DESC LIMIT 1") == "custom"
    assert desk.complaints == []


@pytest.mark.timeout(600)  # six pages in four looks
@pytest.mark.parametrize("desk", [("light", 390)], indirect=True)
def test_the_pages_are_accessible_and_fit(desk: Analyst) -> None:
    page = desk.page
    waiting = desk.queue()
    paths = ["transactions?span=30d", "transactions?open=tx-004&span=30d", f"transactions/one?id={waiting[0]}"]
    for path in [*paths, "transactions/queue", "transactions/labels", "thresholds?span=24h"]:
        desk.go(path)
        for mode, width in looks(page, ("light", 390), ("dark", 390), ("dark", 1440), ("light", 1366)):
            page.wait_for_timeout(300)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
            assert faults(page) == [], (path, mode, width)
            if width == 390:
                small = page.locator("main button:visible, main select:visible, main .tabs a:visible").evaluate_all(
                    "all => all.filter((one) => one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML)"
                )
                assert small == [], path
    assert desk.complaints == []
