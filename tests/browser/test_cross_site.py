"""Links from other sites (web mail, PagerDuty) open while one is logged in; changes from there are still refused."""

import html
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from console.app import PREFIX, create_app
from core import settings as core_settings
from stack.ports import find_free
from stack.redis import Redis
from tests.browser.conftest import FLAGS, PASSWORD, Console, Seat, executable
from tests.browser.fake_api import World, serve
from tests.people import QUICK, Authenticator, come_in

pytestmark = pytest.mark.browser
Sit = Callable[..., Seat]


class Mail:
    """Another site: a message with a link, or a form, to the console."""

    def __init__(self, port: int) -> None:
        self.port = port

    def link(self, page: Page, address: str) -> None:
        """Open the message and follow its link."""
        page.goto(f"http://localhost:{self.port}/link?{quote(address, safe='')}")
        page.click("#go")

    def form(self, page: Page, address: str) -> None:
        """Open the message and press the button of its form, which sends a change."""
        page.goto(f"http://localhost:{self.port}/form?{quote(address, safe='')}")
        page.click("#go")


@pytest.fixture
def mail() -> Iterator[Mail]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            to = html.escape(unquote(parts.query))
            body = (
                f"<a id=go href='{to}'>Incident</a>"
                if parts.path == "/link"
                else f"<form method=post action='{to}'><input name=a value=b><button id=go>x</button></form>"
            )
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Mail(server.server_port)
    server.shutdown()


@pytest.mark.parametrize(
    "path", ["alerts?tab=history&severity=high#later", "account", "", "transactions?open=tx%2F1&q=a%26b"]
)
def test_a_link_from_another_site_opens_while_one_is_logged_in(
    sit: Sit, console: Console, mail: Mail, path: str
) -> None:
    page = sit(wait=False).page
    mail.link(page, console.url + path)
    page.wait_for_url(console.url + path)
    expect(page.locator("nav").first).to_be_visible()
    assert page.locator("#user").count() == 0


def test_without_a_session_it_leads_to_the_login_and_then_to_the_page(
    sit: Sit, console: Console, mail: Mail, redis_server: Redis
) -> None:
    page = sit(wait=False).page
    redis_server.run("flushall")
    page.context.clear_cookies()
    wanted = console.url + "alerts?tab=history&severity=high#later"
    mail.link(page, wanted)
    page.wait_for_url("**/login?next=*")
    come_in(page, console.phone, "admin", PASSWORD)
    page.wait_for_url(wanted)


def test_a_change_from_another_site_is_refused_on_a_page(sit: Sit, console: Console, mail: Mail) -> None:
    page = sit(wait=False).page
    mail.form(page, console.url + "account/sessions/end")
    expect(page.locator("main")).to_contain_text("This request came from another site. No changes were made.")
    assert "request_id" not in page.content()
    page.goto(console.url + "account")
    expect(page.locator("h1:visible")).to_contain_text("Account")


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example/", "/\\evil.example", "https:evil.example", "https://evil.example/", "/admin/monitoring/\\evil",
     "/admin/monitoring/..//evil.example", "\t//evil.example", "/admin/monitoring/%0d%0aSet-Cookie:x",
     "javascript:alert(1)", "/admin/monitoring/alerts\r\nX: y"],
)  # fmt: skip
def test_a_login_leads_to_no_other_site(sit: Sit, console: Console, wanted: str) -> None:
    page = sit(wait=False).page
    page.context.clear_cookies()
    page.route("**/_dash-component-suites/**", lambda route: route.abort())  # where it leads counts; nothing is drawn
    page.goto(f"{console.url}login?next={quote(wanted, safe='')}")
    come_in(page, console.phone, "admin", PASSWORD)
    page.wait_for_url(console.url)


def test_the_login_page_sends_on_whoever_has_a_session(sit: Sit, console: Console) -> None:
    page = sit(wait=False).page
    page.goto(f"{console.url}login?next={quote('/admin/monitoring/alerts?tab=rules', safe='')}")
    page.wait_for_url(f"{console.url}alerts?tab=rules")


@pytest.fixture
def named(redis_server: Redis, database_url: str, tmp_path: Path) -> Iterator[str]:
    """A console that people know by a name, over plain HTTP: to such, browsers send no Sec-Fetch headers."""
    redis_server.run("flushall")
    port = find_free()
    api = serve(World(step=4.0))
    app = create_app(
        core_settings.load(
            {
                "REDIS_URL": redis_server.url(),
                "DATABASE_URL": database_url,
                "GATEHOUSE_API_URL": f"http://127.0.0.1:{api.server_port}",
                "GATEHOUSE_SECRET_KEY": "k" * 40,
                "GATEHOUSE_DATA": str(tmp_path),
                "GATEHOUSE_ADMIN_PASSWORD_HASH": QUICK.hash(PASSWORD),
                "GATEHOUSE_PUBLIC_CONSOLE_URL": f"http://console.test:{port}/admin/monitoring",
            }
        )
    )
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://console.test:{port}{PREFIX}"
    server.shutdown()
    app.close()
    api.shutdown()


def test_all_of_it_works_without_fetch_metadata_too(browser: Browser, named: str, mail: Mail) -> None:
    flags = [*FLAGS, "--host-resolver-rules=MAP *.test 127.0.0.1"]
    chromium = browser.browser_type.launch(executable_path=executable(), args=flags)
    page = chromium.new_page()
    page.goto(f"{named}account")
    come_in(page, Authenticator(), "admin", PASSWORD)
    page.wait_for_url(f"{named}account")
    mail.link(page, f"{named}alerts?tab=history#later")
    page.wait_for_url(f"{named}alerts?tab=history#later")
    expect(page.locator("nav").first).to_be_visible()
    mail.form(page, f"{named}account/sessions/end")
    expect(page.locator("main")).to_contain_text("another site")
    page.goto(f"{named}users")
    page.fill("#f-name", "ann")
    page.click("text=Invite >> nth=-1")
    expect(page.locator("#link")).to_contain_text(f"{named}login/invitation/")
    page.goto(named.replace("console.test", "evil.test"))
    expect(page.locator("main")).to_contain_text("The console is not at evil.test")
    chromium.close()
