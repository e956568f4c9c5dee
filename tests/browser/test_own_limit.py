"""The limit of an address and our own people: pages without a cache, and a foreign page that loads ours."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from console.app import PREFIX
from core.db.engine import Database
from core.db.redis_client import Live
from tests.browser.desk import USUAL, Desk, _served, at_desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture
def desk(browser: Browser, redis_url: str, database_url: str, db: Database, tmp_path: Path) -> Iterator[Desk]:
    """An administrator whose address has a limit like any other."""
    limited = {"GATEHOUSE_ALLOW_NETWORKS": "192.0.2.0/24"}
    with at_desk(Desk, browser, redis_url, database_url, db, tmp_path, USUAL, limited) as made:
        yield made


def visit(desk: Desk) -> None:
    """Every fifth page once, to its end: the files that they ask for are the same ones on each page."""
    for path in desk.pages[::5]:
        desk.page.goto("about:blank")  # or the page that is open already is not loaded anew
        answer = desk.page.goto(desk.url.removesuffix(PREFIX) + path)
        assert answer is not None, path
        assert answer.status in (200, 400), f"{path}: 400 when it wants to be told of what"
        if "/login?" in desk.page.url:  # no cookie came along; the login finds the session and goes on
            desk.page.wait_for_url(lambda url: "/login?" not in url)
        in_the_shell = desk.page.locator("#react-entry-point").count() > 0  # Dash loads its components after the page
        desk.page.wait_for_load_state("networkidle" if in_the_shell else "load")


def test_pages_cold_and_again_block_nobody(desk: Desk, live: Live) -> None:
    tools = desk.page.context.new_cdp_session(desk.page)
    tools.send("Network.enable")
    tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    visit(desk)
    assert len(desk.asked) > 150, "more than the limit, or this shows nothing"
    assert any("/assets/" in path for path, _ in desk.asked)
    assert 429 not in {status for _, status in desk.asked}
    tools.send("Network.setCacheDisabled", {"cacheDisabled": False})
    desk.asked.clear()
    visit(desk)
    files = Counter(path for path, _ in desk.asked if "/assets/" in path or "_dash-component-suites" in path)
    assert desk.asked, "the pages themselves are asked for again"
    assert [path for path, times in files.items() if times > 1] == [], "what never changes is not asked for again"
    assert live.blocked_ips(0.0) == {}


def test_a_foreign_page_cannot_close_an_operator_out(desk: Desk, browser: Browser, live: Live) -> None:
    foreign = Flask("foreign")
    images = "".join(f"<img src='{desk.url}login?{number}'>" for number in range(150))
    frames = "".join(f"<iframe src='{desk.url}alerts?{number}'></iframe>" for number in range(10))
    foreign.add_url_rule("/", "page", lambda: images + frames)
    desk.asked.clear()
    with _served(foreign) as port:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"http://localhost:{port}/", wait_until="load")
        refused = [status for path, status in desk.asked if path in (f"{PREFIX}login", f"{PREFIX}alerts")]
        assert len(refused) == 160
        assert set(refused) == {403}
        answer = page.goto(f"{desk.url}login")
        assert answer is not None
        assert answer.status == 200
        context.close()
    assert live.blocked_ips(0.0) == {}
