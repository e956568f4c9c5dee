"""A real console over a stand-in for the monitoring API, and a Chromium to look at it with."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, expect, sync_playwright
from werkzeug.serving import make_server

from console.app import PREFIX, create_app
from core import settings as core_settings
from core.db.engine import Database
from core.web.app import App
from stack.redis import Redis
from tests.browser.fake_api import World, serve
from tests.people import QUICK, Authenticator, carry_in
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from tests.browser.desk import Desk

PASSWORD = "correct horse battery"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENT = PATIENCE * 1000  # milliseconds: what a page shows in the end; a busy machine draws late
expect.set_options(timeout=PATIENT)
_QUIET = ("GL Driver Message",)  # software rendering remarks on its own speed


@dataclass
class Console:
    """A running console: its address, the world behind it, the administrator's authenticator, the application."""

    url: str
    world: World
    phone: Authenticator
    app: App

    def establish_session(self, context: BrowserContext) -> None:
        """The administrator logs in, every step of it, and this browser gets the cookies; no page is drawn."""
        carry_in(context, self.app, self.url, self.phone, "admin", PASSWORD)


@dataclass
class Seat:
    """An operator's browser: the page, and everything its console complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


def executable() -> str | None:
    """Chromium of the system, or None for Playwright's own. Without a window to draw it takes a third of the time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


class Chromium:
    """The session's headless Chromium; one whose driver or process ended, killed by a machine short of memory say, is
    started anew, so that it costs one test and not every later one."""

    def __init__(self) -> None:
        self._driver: Playwright | None = None
        self._browser: Browser | None = None

    def ready(self) -> Browser:
        """A browser that answers."""
        if self._browser is None or not _answers(self._browser):
            self.close()
            self._driver = sync_playwright().start()
            self._browser = self._driver.chromium.launch(executable_path=executable(), args=FLAGS)
        return self._browser

    def close(self) -> None:
        """End both; what is gone already needs no end."""
        with suppress(Error):
            if self._browser:
                self._browser.close()
        with suppress(Error):
            if self._driver:
                self._driver.stop()
        self._browser = self._driver = None


def _answers(browser: Browser) -> bool:
    try:
        browser.new_browser_cdp_session().detach()
    except Error:
        return False
    return True


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """What `browser` asks for its browser."""
    held = Chromium()
    yield held
    held.close()


@pytest.fixture
def browser(chromium: Chromium) -> Browser:
    """One headless Chromium for the session."""
    return chromium.ready()


@pytest.fixture
def desk(
    browser: Browser, redis_url: str, database_url: str, db: Database, tmp_path: Path, request: Any,
    desk_kind: "type[Desk]",
) -> "Iterator[Desk]":  # fmt: skip
    """A desk in dark colours, 1440 wide, unless the test's parameter says otherwise.

    `desk_kind` is a fixture of the test's module: it stores what the desk is about, and says of which kind it is.
    """
    from tests.browser.desk import USUAL, at_desk  # which needs this module

    look = getattr(request, "param", USUAL)
    with at_desk(desk_kind, browser, redis_url, database_url, db, tmp_path, look) as made:
        yield made


@pytest.fixture
def console(redis_server: Redis, database_url: str, tmp_path: Path) -> Iterator[Console]:
    """A console of this test's own."""
    with running(redis_server, database_url, tmp_path) as made:
        yield made


@contextmanager
def running(redis_server: Redis, database_url: str, folder: Path) -> Iterator[Console]:
    """A console on a free port, over a busy world that is new whenever a browser asks, and seldom between."""
    redis_server.run("flushall")
    world = World(step=4.0)
    api = serve(world)
    app = create_app(
        core_settings.load(
            {
                "REDIS_URL": redis_server.url(),
                "DATABASE_URL": database_url,
                "GATEHOUSE_API_URL": f"http://127.0.0.1:{api.server_port}",
                "GATEHOUSE_SECRET_KEY": "k" * 40,
                "GATEHOUSE_DATA": str(folder),
                "GATEHOUSE_ADMIN_PASSWORD_HASH": QUICK.hash(PASSWORD),
            }
        )
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    yield Console(f"http://127.0.0.1:{server.server_port}{PREFIX}", world, Authenticator(), app)
    server.shutdown()
    app.close()
    api.shutdown()


@pytest.fixture
def sit(browser: Browser, console: Console) -> Iterator[Callable[..., Seat]]:
    """See `seats`."""
    with seats(browser, console) as open_page:
        yield open_page


@contextmanager
def seats(browser: Browser, console: Console) -> Iterator[Callable[..., Seat]]:
    """`sit(query, **context)`: somebody who is logged in opens the live page; every open context is closed at the end.

    `wait=False` does not wait for its charts, and opens nothing where no `query` is given: a page costs a second.
    """
    opened: list[BrowserContext] = []

    def open_page(query: str | None = None, wait: bool = True, **options: Any) -> Seat:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark", **options})
        context.set_default_timeout(PATIENT)
        opened.append(context)
        seat = Seat(context.new_page())
        seat.page.on(
            "console",
            lambda message: (
                seat.complaints.append(message.text)
                if message.type in ("error", "warning") and not any(quiet in message.text for quiet in _QUIET)
                else None
            ),
        )
        seat.page.on("pageerror", lambda error: seat.complaints.append(str(error)))
        seat.page.on(
            "request",
            lambda request: seat.hosts.add(request.url.split("/")[2]) if request.url.startswith("http") else None,
        )
        console.establish_session(context)
        if wait or query is not None:
            seat.page.goto(console.url + (query or ""))
            seat.page.wait_for_selector("#page")
        if wait:
            seat.page.wait_for_selector("#fraud_scatter[data-state=ready] .js-plotly-plot .main-svg", timeout=20000)
        return seat

    yield open_page
    for context in opened:
        with suppress(Error):  # a driver that ended took them along
            context.close()
