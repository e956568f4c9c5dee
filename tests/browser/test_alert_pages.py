"""Alerts in a browser: firing, acknowledged and silenced; refresh without a reload; phone, both modes, axe."""

import time
import zlib
from collections.abc import Callable

import msgspec
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from core.alerting import backtests, incidents, outbox
from core.alerting.action_runs import ActionIntent, request
from core.alerting.incident import notice_of
from core.alerting.outbox import Intent
from core.audit.chain import Audit
from core.clock import to_datetime
from core.db.engine import Database
from tests.alerting import event, fire, rule
from tests.browser.accessible import faults, looks
from tests.browser.conftest import Console, Seat
from tests.jobs import answer_backtest, claimed
from tests.unit.console.figures.test_backtest import result as backtest_result

pytestmark = pytest.mark.browser
Sit = Callable[..., Seat]
FRAUD = {
    "kind": "window", "unit": "%", "for": "10m", "channels": ["pagerduty"], "escalate": ["sms-security"],
    "actions": ["strict-policy"], "parameters": {"metric": "fraud_rate", "above": 3.0},
}  # fmt: skip
FLAME = b"<svg xmlns='http://www.w3.org/2000/svg' width='600' height='90'><rect width='600' height='40'/></svg>"
PATHS = (
    "alerts", "alerts?tab=rules", "alerts?tab=channels", "alerts?tab=actions", "alerts?tab=history",
    "alerts/incidents/inc-a1", "alerts/silences", "alerts/runbooks/A1", "alerts/backtests", "alerts/backtests/1",
)  # fmt: skip


@pytest.fixture
def busy(db: Database) -> Database:
    """A1 fires with a history of values, A2 is pending, one is over; channels, an action with a flame graph."""
    now = time.time()
    rule(db, "A1", "Fraud rate", "high", FRAUD)
    latency = {"metric": "latency_p95", "above": 100}
    rule(db, "A2", "API latency p95", "medium", {"kind": "window", "unit": "ms", "for": "5m", "parameters": latency})
    rule(db, "A3", "Feature drift", "medium", {"kind": "drift", "parameters": {"above": 0.15}})
    fire(
        db, "A1", "inc-a1", now - 720, severity="high", value=4.21, limit=3.0, title="Fraud rate", correlation_id="c-1"
    )
    fire(db, "A3", "inc-a3", now - 86_000, value=0.21, limit=0.15, unit="", resolved=now - 80_000, series="amount")
    with db.transaction() as connection:
        connection.execute(text("UPDATE alert_states SET phase = 'pending', value = 131 WHERE rule = 'A2'"))
        event(connection, "inc-a1", now - 700, "notified", "gatehouse", "notified pagerduty")
        request(connection, [ActionIntent("k", "inc-a1", "strict-policy", "auto", {})], now - 700, "gatehouse")
        connection.execute(
            text(
                "UPDATE action_runs SET state = 'applied', applied_at = now() - interval '11 minutes',"
                " revert_at = now() + interval '100 minutes', message = 'strict in force, was normal',"
                ' before = \'{"profile": "normal"}\', after = \'{"profile": "strict"}\''
            )
        )
        connection.execute(
            text(
                "INSERT INTO action_artefacts (run_id, name, content_type, body)"
                " SELECT id, 'flame.svg', 'image/svg+xml', :body FROM action_runs"
            ),
            {"body": FLAME},
        )
        told = notice_of(incidents.get(connection, "inc-a1"), "trigger", now - 690)
        outbox.enqueue(connection, [Intent("k1", "pagerduty", told)])
        connection.execute(
            text(
                "UPDATE outbox SET state = 'sent', attempts = 1, finished_at = created_at,"
                ' receipt = \'{"status": "202"}\''
            )
        )
        for name, configured in (("pagerduty", True), ("slack-engineering", False), ("log", True)):
            connection.execute(
                text("INSERT INTO channel_states (channel, kind, configured, last_ok_at) VALUES (:c, :c, :y, now())"),
                {"c": name, "y": configured},
            )
        for back in range(240):
            value = max(0.4, 4.4 - abs(back - 60) / 30)
            record = [0, 5.0, [], {}, {"A1": [["", value, 900, "", False, None]]}, []]
            connection.execute(
                text("INSERT INTO alert_ticks (at, token, readings) VALUES (:at, 1, :r)"),
                {"at": to_datetime(now - 10 * back), "r": zlib.compress(msgspec.msgpack.encode(record))},
            )
        backtests.request(connection, Audit("k" * 40), {"rule": "A1", "variants": [{}]}, "ann", now)
    answer_backtest(db, claimed(db, backtests.JOB, now), backtest_result(), now)
    return db


def open_(seat: Seat, console: Console, path: str) -> Page:
    seat.page.goto(console.url + path)
    return seat.page


@pytest.mark.timeout(600)  # ten pages in two looks each
@pytest.mark.parametrize(
    "wanted", [(("light", 390), ("dark", 390)), (("light", 1366), ("dark", 1600))], ids=["telephone", "desk"]
)
def test_the_pages_are_accessible_fit_and_ask_nobody_else(
    sit: Sit, console: Console, busy: Database, wanted: tuple[tuple[str, int], ...]
) -> None:
    (mode, width), *_ = wanted
    seat = sit(wait=False, viewport={"width": width, "height": 900}, color_scheme=mode, has_touch=width < 500)
    for path in PATHS:
        page = open_(seat, console, path)
        page.wait_for_load_state("networkidle")
        for look in looks(page, *wanted):
            check(page, path, look)
    assert seat.complaints == []
    assert len(seat.hosts) == 1


def check(page: Page, path: str, look: tuple[str, int]) -> None:
    """A page in a mode at a width: nothing sideways, nothing inaccessible, nothing too small for a thumb."""
    _, width = look
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, look)
    assert faults(page) == [], (path, look)
    if width < 500:
        small = page.evaluate(
            "[...document.querySelectorAll('main button, main a.btn, main select,"
            " main input:not([type=hidden]), .tabs a, summary')]"
            ".filter((e) => e.checkVisibility() && (e.closest('label') || e).getBoundingClientRect().height < 43.5)"
            ".map((e) => e.outerHTML.slice(0, 90))"
        )
        assert small == [], path
    if path == "alerts":
        edges = page.evaluate(
            "[...document.querySelectorAll('#firing td button')].map((e) => e.getBoundingClientRect().right)"
        )
        assert edges, "something fires"
        assert max(edges) <= width, "whoever was woken acknowledges without pushing a table sideways"


def test_an_incident_is_taken_in_hand_without_a_reload(sit: Sit, console: Console, busy: Database) -> None:
    seat = sit(wait=False)
    page = open_(seat, console, "alerts")
    page.evaluate("window.kept = true")
    row = page.locator("tr[data-key=inc-a1]")
    expect(row).to_contain_text("4.21 %")
    row.get_by_role("button", name="Acknowledge").click()
    expect(row).to_contain_text("admin")
    expect(row.get_by_role("button", name="Acknowledge")).to_have_count(0)
    row.get_by_role("link", name="Fraud rate").click()
    expect(page.locator("#lead")).to_contain_text("Acknowledged by admin")
    expect(page.locator("#chart .main-svg").first).to_be_visible()
    page.fill("#f-text", "a promotion, not fraud")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#timeline li").first).to_contain_text("a promotion, not fraud")
    assert page.input_value("#f-text") == ""
    page.get_by_role("button", name="Resolve").click()
    page.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    expect(page.locator("#lead")).to_contain_text("Resolved")
    expect(page.get_by_role("status").first).to_contain_text("Resolved")
    assert seat.complaints == []


def test_what_begins_to_fire_shows_by_itself_and_a_table_under_the_pointer_holds(
    sit: Sit, console: Console, busy: Database
) -> None:
    page = open_(sit(wait=False), console, "alerts")
    page.evaluate("window.kept = true")
    page.locator("tr[data-key=inc-a1] td").nth(2).hover()
    fire(
        busy, "A2", "inc-a2", time.time(), severity="critical", title="API latency p95", value=131, limit=100, unit="ms"
    )
    expect(page.locator("#firing")).to_have_class("panel sheet card held", timeout=15_000)
    assert page.locator("#firing tbody tr").count() == 1
    page.mouse.move(5, 5)
    expect(page.locator("#firing tbody tr").first).to_contain_text("API latency p95", timeout=15_000)
    expect(page.locator("#said")).to_contain_text("2 firing")
    expect(page.locator("#tab-firing b")).to_have_text("2")
    assert page.evaluate("window.kept")


def test_the_live_page_marks_the_alert_and_acknowledges_for_everybody(
    sit: Sit, console: Console, busy: Database
) -> None:
    page = sit().page
    expect(page.locator("#alert_rules tbody tr").first).to_contain_text("Firing")
    expect(page.locator(".kpi a")).to_have_attribute("href", "/admin/monitoring/alerts/incidents/inc-a1")
    traces = page.evaluate(
        "document.querySelector('#fraud_scatter .js-plotly-plot').data.filter((t) => t.meta === 'incident')[0].x.length"
    )
    assert traces == 7
    page.locator("#trouble").get_by_role("button", name="Acknowledge").click()
    page.locator("#trouble").get_by_text("Details").click()
    expect(page.locator("#trouble .strip-list")).to_contain_text("acknowledged by")
    with busy.transaction() as connection:
        by = connection.execute(text("SELECT acknowledged_by FROM incidents WHERE id = 'inc-a1'")).scalar()
    assert by == "admin"
    page.evaluate(
        "{ const plot = document.querySelector('#fraud_scatter .js-plotly-plot');"
        " plot.emit('plotly_click', { points: [{ data: plot.data.at(-1), pointNumber: 0 }] }); }"
    )
    page.wait_for_url("**/alerts/incidents/inc-a1")


def test_a_silence_is_looked_at_made_and_ended(sit: Sit, console: Console, busy: Database) -> None:
    page = open_(sit(wait=False), console, "alerts/silences?rule=A1")
    assert page.input_value("#f-rule") == "A1"
    page.fill("#f-reason", "load test until noon")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("Mutes 1 firing alert;")
    assert page.input_value("#f-reason") == "load test until noon"
    page.get_by_role("button", name="Silence", exact=True).click()
    expect(page.locator("#current")).to_contain_text("load test until noon")
    page.get_by_role("button", name="End now").click()
    page.get_by_role("dialog").get_by_role("button", name="End now").click()
    expect(page.locator("#current")).to_contain_text("No active silences")
    expect(page.locator("#past")).to_contain_text("admin")


def test_the_bar_of_the_live_page_fits(sit: Sit, console: Console) -> None:
    page = sit(viewport={"width": 1280, "height": 900}).page
    for width in (1280, 1366, 1440, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        out = page.evaluate("document.querySelector('.bar .logout button').getBoundingClientRect().right - innerWidth")
        assert out < 0, width
        page.click("nav >> text=More")
        expect(page.locator("nav >> text=Audit")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("nav >> text=Audit")).to_be_hidden()


def test_the_keyboard_leads_to_the_pages(sit: Sit, console: Console, busy: Database) -> None:
    page = sit().page
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("g then a")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/alerts")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("go to Silences")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/alerts/silences")
