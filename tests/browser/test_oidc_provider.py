"""A whole login through a real OpenID provider (npm oidc-provider on loopback) in Chromium, then our second factor."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from console.app import PREFIX, create_app
from core import settings as core_settings
from core.settings import ROOT
from stack.ports import find_free
from stack.redis import Redis
from tests.browser.fake_api import World, serve
from tests.people import Authenticator
from tests.tree import ROOT as REPOSITORY

pytestmark = pytest.mark.browser
FOLDER = REPOSITORY / "tests" / "oidc"


@pytest.fixture
def url(redis_server: Redis, database_url: str, tmp_path: Path) -> Iterator[str]:
    """A console that knows the provider."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "oidc-provider").is_dir():
        reason = "needs Node.js 20 or newer with npm; then `make setup-test` installs the provider"
        if os.environ.get("CI") and node is not None:
            pytest.fail(reason)
        pytest.skip(reason)
    redis_server.run("flushall")
    ours, theirs = find_free(), find_free()
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    told = (config / "oidc.toml").read_text().replace('issuer = ""', f'issuer = "http://127.0.0.1:{theirs}"')
    (config / "oidc.toml").write_text(told.replace('client_id = ""', 'client_id = "gatehouse"'))
    callback = f"http://127.0.0.1:{ours}{PREFIX}login/oidc/callback"
    provider = subprocess.Popen(
        [node, "provider.mjs", str(theirs), callback], cwd=FOLDER, stdout=subprocess.PIPE, text=True
    )
    api = serve(World(step=4.0))
    app = create_app(
        core_settings.load(
            {
                "REDIS_URL": redis_server.url(),
                "DATABASE_URL": database_url,
                "GATEHOUSE_API_URL": f"http://127.0.0.1:{api.server_port}",
                "GATEHOUSE_SECRET_KEY": "k" * 40,
                "GATEHOUSE_DATA": str(tmp_path),
                "GATEHOUSE_CONFIG": str(config),
                "GATEHOUSE_OIDC_CLIENT_SECRET": "a-secret-of-the-test",
                "GATEHOUSE_ADMIN_PASSWORD_HASH": "$argon2id$unused",
            }
        )
    )
    server = make_server("127.0.0.1", ours, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert provider.stdout is not None
    assert any("ready" in line for line in provider.stdout), "the provider did not start"
    yield f"http://127.0.0.1:{ours}{PREFIX}"
    server.shutdown()
    app.close()
    api.shutdown()
    provider.terminate()
    provider.wait(10)


def test_a_whole_login_through_a_real_provider(browser: Browser, url: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}?range=6h")
    page.click("#provider")
    page.fill("input[name=login]", "dana")
    page.fill("input[name=password]", "whatever")
    page.click("button[type=submit]")
    page.click("button[type=submit]")
    page.wait_for_selector("#secret")
    phone = Authenticator()
    phone.scan(page.inner_text("#secret"))
    page.fill("#code", phone.next())
    page.click("button[type=submit]")
    page.click("#go")
    page.wait_for_selector("#page")
    expect(page).to_have_url(f"{url}?range=6h")
    page.goto(f"{url}account")
    expect(page.locator(".who")).to_have_text("dana · operator")
    expect(page.locator("main")).to_contain_text("through your identity provider")
    context.close()
