"""The console behind a real nginx: as it comes, which passes the name on to nobody, and as docs/operations.md says."""

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from console.app import PREFIX, create_app
from console.auth.origins import PROXY_LINES
from core import settings as core_settings
from stack.ports import find_free
from stack.redis import Redis
from tests.browser.conftest import PASSWORD
from tests.browser.fake_api import World, serve
from tests.people import QUICK, Authenticator, come_in
from tests.tree import ROOT

pytestmark = pytest.mark.browser
Behind = Callable[..., str]


@pytest.fixture
def behind(redis_server: Redis, database_url: str, tmp_path: Path) -> Iterator[Behind]:
    """`behind(*lines, **settings)`: a console behind an nginx that has these lines; the address that people type."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("needs nginx")
        pytest.skip("needs nginx")
    redis_server.run("flushall")
    ends: list[Callable[[], object]] = []

    def make(*lines: str, upstream: str = "", **more: str) -> str:
        api = serve(World(step=4.0))
        known = {
            "REDIS_URL": redis_server.url(),
            "DATABASE_URL": database_url,
            "GATEHOUSE_API_URL": f"http://127.0.0.1:{api.server_port}",
            "GATEHOUSE_SECRET_KEY": "k" * 40,
            "GATEHOUSE_DATA": str(tmp_path),
            "GATEHOUSE_ADMIN_PASSWORD_HASH": QUICK.hash(PASSWORD),
        }
        port = find_free()
        app = create_app(core_settings.load({**known, **{name: text.format(port=port) for name, text in more.items()}}))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        inner = f"127.0.0.1:{server.server_port}"
        block = f"upstream {upstream} {{ server {inner}; }}\n" if upstream else ""
        (tmp_path / "nginx.conf").write_text(
            f"daemon off; pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log warn; worker_processes 1;\n"
            f"events {{}}\nhttp {{ access_log off;\n"
            f"client_body_temp_path {tmp_path}/b; proxy_temp_path {tmp_path}/p;\n"
            f"fastcgi_temp_path {tmp_path}/f; uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;\n{block}"
            f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://{upstream or inner};\n"
            + "\n".join(lines)
            + "\n} } }\n"
        )
        process = subprocess.Popen([program, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])
        ends.extend((process.terminate, process.wait, server.shutdown, app.close, api.shutdown))
        until = time.monotonic() + 10
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz").close()
                return f"http://localhost:{port}{PREFIX}"
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)

    yield make
    for end in ends:
        end()


def test_as_nginx_comes_a_form_is_refused_on_a_page_that_says_what_to_set(behind: Behind, browser: Browser) -> None:
    url = behind()
    page = browser.new_page()
    page.goto(url)
    page.fill("#user", "admin")
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("h1")).to_have_text("Origin mismatch")
    for line in PROXY_LINES:
        expect(page.locator("pre[aria-label=Settings]")).to_contain_text(line)
    expect(page.locator("pre[aria-label=Settings]")).to_contain_text(f"GATEHOUSE_PUBLIC_CONSOLE_URL={url.rstrip('/')}")
    page.close()


def test_a_named_upstream_is_a_foreign_host_and_the_page_says_what_to_set(behind: Behind, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(behind(upstream="gatehouse_consoles"))
    expect(page.locator("main")).to_contain_text("is not configured for the host name gatehouse_consoles")
    expect(page.locator("pre[aria-label=Settings]")).to_contain_text("proxy_set_header Host $host;")
    page.close()


@pytest.mark.parametrize(
    ("lines", "more"),
    [
        ((), {"GATEHOUSE_PUBLIC_CONSOLE_URL": "http://localhost:{port}/admin/monitoring"}),
        (PROXY_LINES, {"GATEHOUSE_TRUSTED_PROXIES": "127.0.0.1"}),
    ],
)
def test_with_what_the_page_says_everything_works(
    behind: Behind, browser: Browser, lines: tuple[str, ...], more: dict[str, str]
) -> None:
    url = behind(*lines, **more)
    page = browser.new_page()
    page.goto(f"{url}users")
    come_in(page, Authenticator(), "admin", PASSWORD)
    page.wait_for_url(f"{url}users")
    page.fill("#f-name", "ann")
    page.click("text=Invite >> nth=-1")
    expect(page.locator("#link")).to_have_text(re.compile(re.escape(f"{url}login/invitation/")))
    page.close()


def test_the_docs_show_the_lines_that_the_page_shows() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    assert [line for line in PROXY_LINES if line not in text] == []
