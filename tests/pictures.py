"""Take the pictures of the README and the docs from a running product: `python -m tests.pictures`.

Start `make run` in a fresh home and `make scenario NAME=fraud-spike MINUTES=15` a quarter of an hour before, so that
there are incidents. It logs in as the administrator with the password in `GATEHOUSE_PASSWORD`, enrols an authenticator
where there is none yet (`GATEHOUSE_TOTP` holds the key of one that there is), and writes to `docs/images/`.
"""

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from tests.people import Authenticator, come_in
from tests.tree import ROOT

ADDRESS = os.environ.get("GATEHOUSE_PUBLIC_CONSOLE_URL", "http://127.0.0.1:8050/admin/monitoring")
FOLDER = ROOT / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE = 180_000  # milliseconds for a model to be trained
SETTLE = 2500  # milliseconds for charts to be drawn


class Picture(NamedTuple):
    """A page's address, the window, the colours, and what is done before it is taken."""

    name: str
    path: str
    size: tuple[int, int] = (1600, 1000)
    scheme: str = "dark"
    before: Callable[[Page], object] | None = None


def first_incident(page: Page) -> None:
    """From the list of incidents to the newest one of the fraud rate."""
    page.locator("a[href*='alerts/incidents/']", has_text="raud rate").first.click()
    page.locator("h1:visible", has_text="raud rate").wait_for()


def first_row(page: Page) -> None:
    """The first transaction of the list, opened as a page of its own."""
    found = page.locator("tr[data-key]").first.get_attribute("data-key")
    page.goto(f"{ADDRESS}/transactions/one?id={found}")


def trained(page: Page) -> None:
    """Train from the stored labels, and wait for what came of it."""
    page.get_by_role("button", name="Train", exact=True).click()
    page.locator("#page section h2", has_text="Quality").wait_for(timeout=PATIENCE)


def reported(page: Page) -> None:
    """Have a drift report made, and open it."""
    page.get_by_role("button", name="Create report").click()
    link = page.locator("tr[data-key] a[href*='model/drift/']").first
    link.wait_for(timeout=PATIENCE)
    page.goto(f"{ADDRESS}/{link.get_attribute('href').split('/monitoring/')[1]}")  # type: ignore[union-attr]


PICTURES = (
    Picture("live-dark", "/", (1600, 1000)),
    Picture("live-light", "/", (1366, 1000), "light"),
    Picture("phone", "/", (390, 844)),
    Picture("transactions", "/transactions", (1600, 900)),
    Picture("transaction", "/transactions?decision=BLOCKED", before=first_row),
    Picture("incident", "/alerts?tab=history", before=first_incident),
    Picture("thresholds", "/thresholds", (1600, 900)),
    Picture("model", "/model", (1440, 1640)),
    Picture("training", "/model/training", (1440, 1010), before=trained),
    Picture("drift-report", "/model/drift", (1440, 1010), before=reported),
    Picture("statuses-dark", "/statuses", (1600, 1200)),
    Picture("performance", "/performance", (1600, 1000)),
    Picture("profiler", "/performance/profiler?service=api&base=previous", (1600, 1000)),
    Picture("statuses-phone", "/statuses", (390, 844)),
)


def main(wanted: list[str]) -> int:
    """Take all pictures, or those that are named."""
    phone = Authenticator()
    if key := os.environ.get("GATEHOUSE_TOTP"):
        phone.scan(key)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        state = log_in(browser, phone)
        for picture in PICTURES:
            if not wanted or picture.name in wanted:
                take(browser, state, picture, FOLDER)
        browser.close()
    return 0


def log_in(browser: Browser, phone: Authenticator) -> str:
    """The cookies of somebody who is logged in, as a file's path; the log-in page is a picture, too."""
    page = browser.new_page(viewport={"width": 1600, "height": 1000}, color_scheme="dark")
    page.goto(f"{ADDRESS}/")
    page.locator("#user").wait_for()
    page.screenshot(path=FOLDER / "login.png")
    come_in(page, phone, "admin", os.environ["GATEHOUSE_PASSWORD"])
    page.locator("#page h1:visible").first.wait_for()
    print("authenticator:", base64.b32encode(phone.secret).decode().rstrip("="))
    path = ROOT / ".gatehouse" / "pictures.json"
    path.parent.mkdir(exist_ok=True)
    page.context.storage_state(path=path)
    page.close()
    return str(path)


def take(browser: Browser, state: str, picture: Picture, folder: Path) -> None:
    """One picture, its colours reduced to 256, which no eye sees and the repository does."""
    width, height = picture.size
    context = browser.new_context(
        storage_state=state,
        viewport={"width": width, "height": height},
        color_scheme=picture.scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(ADDRESS + picture.path)
    page.locator("#page h1:visible").first.wait_for()
    page.wait_for_timeout(SETTLE)
    if picture.before:
        picture.before(page)
        page.wait_for_timeout(SETTLE)
    path = folder / f"{picture.name}.png"
    page.screenshot(path=path)
    if tool := shutil.which("pngquant"):
        subprocess.run([tool, "--force", "--skip-if-larger", "--output", str(path), str(path)], check=False)
    context.close()
    print(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
