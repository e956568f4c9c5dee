"""A desk: an administrator's browser before a console that stands on the real monitoring API and real stores."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text
from werkzeug.serving import make_server

from api.app import create_app as create_api
from console.app import PREFIX
from console.app import create_app as create_console
from console.auth.permissions import PAGES, name_of
from core import settings
from core.db.engine import Database
from tests.browser.conftest import PASSWORD, PATIENT
from tests.people import QUICK, Authenticator, carry_in

USUAL = ("dark", 1440)


@dataclass
class Desk:
    """Where the console is, the database behind it, the page, and what the browser complained about or asked for.

    `asked` are the requests that reached the console: path and status. `pages` are the paths of pages that need no id.
    """

    url: str
    db: Database
    page: Page
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    asked: list[tuple[str, int]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)

    def drawn(self) -> Page:
        """The page, once all of its charts are drawn."""
        expect(self.page.locator("[data-figure]:not(:has(.main-svg))")).to_have_count(0)
        return self.page

    def value(self, statement: str) -> Any:
        """The first value of a query."""
        with self.db.transaction() as connection:
            return connection.execute(text(statement)).scalar()


D = TypeVar("D", bound=Desk)


@contextmanager
def at_desk(
    kind: type[D],
    browser: Browser,
    redis_url: str,
    database_url: str,
    db: Database,
    folder: Path,
    look: tuple[Any, int],
    variables: dict[str, str] | None = None,
) -> Iterator[D]:
    """A desk of a kind, logged in, no page opened yet; `look` is colours and width in pixels.

    `variables` are more of the console's.
    """
    shared = {
        "REDIS_URL": redis_url,
        "DATABASE_URL": database_url,
        "GATEHOUSE_SECRET_KEY": "k" * 40,
        "GATEHOUSE_DATA": str(folder),
        "GATEHOUSE_SCORING_URL": "http://127.0.0.1:9",
        "GATEHOUSE_INTERNAL_TOKEN": "t" * 40,
    }
    api = create_api(settings.load(shared))
    with _served(api) as behind:
        known = {"GATEHOUSE_API_URL": f"http://127.0.0.1:{behind}"}
        secret = {"GATEHOUSE_ADMIN_PASSWORD_HASH": QUICK.hash(PASSWORD)}
        console = create_console(settings.load({**shared, **known, **secret, **(variables or {})}))
        with _served(console) as front:
            context = browser.new_context(viewport={"width": look[1], "height": 900}, color_scheme=look[0])
            context.set_default_timeout(PATIENT)
            made = kind(f"http://127.0.0.1:{front}{PREFIX}", db, context.new_page())
            page, complaints = made.page, made.complaints
            made.pages += sorted(
                rule.rule
                for rule in console.url_map.iter_rules()
                if not rule.arguments and name_of(rule.endpoint, PREFIX) in PAGES
            )
            console.wsgi_app = _noted(console.wsgi_app, made.asked)  # type: ignore[method-assign]
            page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", lambda r: made.hosts.add(r.url.split("/")[2]) if r.url.startswith("http") else None)
            carry_in(context, console, made.url, Authenticator(), "admin", PASSWORD)
            yield made
            context.close()
        console.close()
    api.close()


def _noted(app: Any, asked: list[tuple[str, int]]) -> Any:
    """The application, with a note of each request."""

    def noting(environ: Any, start: Any) -> Any:
        def begin(status: str, *rest: Any) -> Any:
            asked.append((environ["PATH_INFO"], int(status.split()[0])))
            return start(status, *rest)

        return app(environ, begin)

    return noting


@contextmanager
def _served(app: Flask) -> Iterator[int]:
    """The port on which an app is served from a thread."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
