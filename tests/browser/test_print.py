"""Every page prints whole: what is read on the screen is read on paper, in light colours, with its address."""

import io
import time
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from core.db.engine import Database
from tests.alerting import fire, rule
from tests.browser.conftest import Console, Seat

pytestmark = pytest.mark.browser
PAGES = (
    "alerts",
    "alerts?tab=history",
    "alerts?tab=rules",
    "alerts?tab=channels",
    "alerts/incidents/i1",
    "alerts/silences",
    "alerts/backtests",
    "alerts/runbooks/A1",
    "transactions",
    "transactions/queue",
    "thresholds",
    "model",
    "model/versions",
    "model/training",
    "model/drift",
    "transactions/labels",
    "audit",
    "users",
    "users/1",
    "account",
    "tokens",
    "analytics/regulators",
)
# Text of the page that is to be read, not worked: nothing of controls, of the bar, or of what is hidden.
READ = """() => {
  const out = [];
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const skip = 'button, select, option, summary, script, style, svg, .visually-hidden, .btn, .head-tools, .buttons,'
    + '.on-paper, .filters, .side.empty, .keys-line';
  while (walker.nextNode()) {
    const at = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || at.closest(skip)) continue;
    if (at.checkVisibility({ visibilityProperty: true })) out.push(walker.currentNode.data);
  }
  return out.join(' ');
}"""


def letters(text: str) -> Counter[str]:
    return Counter(character for character in text if character.isalnum())


def on_paper(page: Page) -> str:
    """The text of the page's PDF."""
    return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)


@pytest.fixture
def busy(db: Database) -> None:
    """Incidents with names that no line holds."""
    now = time.time()
    rule(
        db, "A1", "Fraud rate above 3 %", "high", {"kind": "window", "parameters": {"metric": "fraud_rate", "above": 3}}
    )
    fire(db, "A1", "i1", now - 600, severity="high", value=4.2, limit=3.0, title="0x" + "c0ffee" * 33)
    for number in range(60):
        fire(db, "A1", f"j{number}", now - 900 - number, series=f"wallet-{number}", resolved=now - 300)


def test_every_page_prints_what_it_shows(sit: Callable[..., Seat], console: Console, busy: None) -> None:
    page = sit(wait=False).page
    lacking = {}
    for path in PAGES:
        answer = page.goto(console.url + path)
        assert answer is not None
        assert answer.status == 200, path
        page.wait_for_load_state("networkidle")
        page.wait_for_selector("main h1")
        shown, printed = letters(page.evaluate(READ)), on_paper(page)
        missing = shown - letters(printed)
        if missing.total() > 0.02 * shown.total():
            lacking[path] = f"{missing.total()} of {shown.total()} characters are not on paper"
        assert console.url + path in printed.replace("\n", ""), path
        assert "UTC" in printed
    assert lacking == {}


def test_paper_is_white_in_the_dark_too(sit: Callable[..., Seat], console: Console) -> None:
    page = sit(wait=False, color_scheme="dark").page
    page.goto(console.url + "alerts")
    page.wait_for_selector("main .panel")
    page.emulate_media(media="print")
    colours = page.evaluate(
        "['body', 'main .panel'].map((s) => getComputedStyle(document.querySelector(s)).backgroundColor)"
    )
    assert colours == ["rgb(255, 255, 255)"] * 2


def test_the_live_page_prints_its_panels(sit: Callable[..., Seat], console: Console) -> None:
    page = sit().page
    shown, printed = letters(page.evaluate(READ)), on_paper(page)
    missing = shown - letters(printed)
    assert missing.total() <= 0.05 * shown.total(), f"{missing.total()} of {shown.total()}"
    assert "range" in printed
