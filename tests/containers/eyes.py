"""What a person sees of the stack in containers, in headless Chromium; pictures are kept where a folder is given."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, TimeoutError, sync_playwright

from tests.containers.compose import Compose
from tests.people import Authenticator, come_in

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PREFIX = "/admin/monitoring"


class Eyes:
    """One person: the first administrator, whose phone is enrolled at the first login."""

    def __init__(self, compose: Compose, pictures: Path | None) -> None:
        self.password = ""
        self._ports = compose.ports
        self._pictures = pictures
        self._phone = Authenticator()

    def see_the_page_move(self, name: str, shows: str) -> None:
        """Log in; the page shows some words, and its KPIs change by themselves."""
        with self._page() as page:
            page.goto(f"http://127.0.0.1:{self._ports['CONSOLE']}{PREFIX}")
            come_in(page, self._phone, "admin", self.password)
            page.wait_for_selector(f"text={shows}", timeout=30_000)
            first = page.inner_text("#kpis")
            page.wait_for_function(
                "before => document.querySelector('#kpis').innerText !== before", arg=first, timeout=60_000
            )
            self._keep(page, f"compose-{name}")

    def see_the_targets(self) -> None:
        """Prometheus's own page, which Debian's package has at its old address only."""
        with self._page() as page:
            for path in ("/targets", "/classic/targets"):
                page.goto(f"http://127.0.0.1:{self._ports['PROMETHEUS']}{path}")
                try:
                    page.wait_for_selector("text=gatehouse", timeout=10_000)
                    break
                except TimeoutError:
                    continue
            assert page.locator("text=gatehouse").count(), "Prometheus shows no targets"
            self._keep(page, "prometheus-targets")

    def _keep(self, page: Page, name: str) -> None:
        if self._pictures:
            page.screenshot(path=self._pictures / f"{name}.png")

    @contextmanager
    def _page(self) -> Iterator[Page]:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            try:
                yield browser.new_page(viewport={"width": 1600, "height": 1000})
            finally:
                browser.close()
