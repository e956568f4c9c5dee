"""A model's life in a browser on real stores: file, mapping, progress, card, promote, roll back; drift; phone, axe."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from werkzeug.test import Client

from core.settings import load
from ml.serve.app import create
from stack.ports import find_free
from stack.redis import Redis
from tests.browser.accessible import faults
from tests.browser.conftest import Console, Seat
from tests.training import file

pytestmark = pytest.mark.browser
Sit = Callable[..., Seat]


@pytest.fixture
def environ(console: Console, redis_server: Redis, database_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_server.url(),
        "GATEHOUSE_SECRET_KEY": "k" * 40,
        "GATEHOUSE_AUTH": "off",
        "GATEHOUSE_DATA": str(tmp_path),
        "GATEHOUSE_TRAINER_PORT": str(find_free()),
    }


@pytest.fixture
def worker(environ: dict[str, str]) -> Iterator[None]:
    """A training worker, a process of its own."""
    process = subprocess.Popen([sys.executable, "-m", "ml", "worker"], env={**os.environ, **environ})
    yield
    process.terminate()
    process.wait(20)


@pytest.fixture
def serving(environ: dict[str, str]) -> Iterator[Callable[[], int]]:
    """The version that the scoring service answers with."""
    app = create(load(environ))
    client = Client(app)

    def version() -> int:
        answer = client.get("/api/v1/ml/model", environ_base={"REMOTE_ADDR": "127.0.0.1"})
        return int(answer.json["version"]) if answer.status_code == 200 else 0

    yield version
    app.extensions["serving"].stop()
    app.close()


def send(page: Page, url: str, path: Path) -> None:
    page.goto(f"{url}model/training")
    page.set_input_files("#f-file", str(path))
    page.click("#submit-training_upload")


def confirm(page: Page, words: str) -> None:
    """Press a dangerous button, read what it will do, and say yes."""
    page.get_by_role("button", name=re.compile(f"^{words}")).first.click()
    expect(page.locator(".modal-body p")).to_contain_text("within a second")
    page.locator(".modal-body button").last.click()
    expect(page.locator("#toast")).to_contain_text("within a second")
    expect(page.locator(".modal-body")).to_have_count(0)


def within(seconds: float, does: Callable[[], int], wanted: int) -> None:
    limit = time.monotonic() + seconds
    while does() != wanted:
        assert time.monotonic() < limit, f"still {does()}, not {wanted}"
        time.sleep(0.05)


def accessible(page: Page) -> None:
    assert faults(page) == []


def test_from_a_file_to_a_champion_and_back(
    sit: Sit, console: Console, worker: None, serving: Callable[[], int], tmp_path: Path
) -> None:
    seat = sit(wait=False)
    page = seat.page
    for number, turned in ((1, True), (2, False)):
        path = tmp_path / f"history {number}.csv"
        path.write_bytes(file(n=1500, turned=turned))
        send(page, console.url, path)
        expect(page.locator(".mapping form")).to_be_visible(timeout=30000)
        assert page.input_value("#f-label") == "7"
        expect(page.locator("td[data-part=label]")).to_have_count(1)
        page.check("[name=keep_known]")
        if number == 1:
            accessible(page)
            page.fill("#f-delay_days", "soon")
            page.click("#submit-training_start")
            expect(page.locator("#w-delay_days")).to_have_text("Enter a number of days.")
            assert page.input_value("#f-delay_days") == "soon"
            page.fill("#f-delay_days", "0")
        page.click("#submit-training_start")
        page.wait_for_url(re.compile(r"/runs/\d+"))
        expect(page.locator("#headline")).to_be_visible(timeout=60000)
        expect(page.locator("#log")).to_contain_text("boosting")
        page.get_by_role("link", name="Model card").click()
        with page.expect_popup() as card:
            page.get_by_role("link", name="Open the card").click()
        expect(card.value.locator("h1")).to_have_text("Model card: boosted")
        card.value.close()
        confirm(page, "Promote")
        expect(page.locator("#lead .chip.good")).to_have_text("champion")
        within(5, serving, number)
    page.goto(f"{console.url}model/versions")
    confirm(page, "Roll back to model 1")
    expect(page.locator("#champion")).to_contain_text("Model 1 scores every transaction")
    within(5, serving, 1)
    page.goto(f"{console.url}model/versions/compare?first=1&second=2")
    expect(page.locator("#measures")).to_contain_text("Average precision")
    accessible(page)
    refused = [words for words in seat.complaints if "400 (BAD REQUEST)" not in words]
    assert not refused
    assert seat.hosts == {console.url.split("/")[2]}


def test_a_page_that_is_open_follows_and_a_broken_file_says_why(
    sit: Sit, console: Console, worker: None, tmp_path: Path
) -> None:
    seat = sit(wait=False, viewport={"width": 390, "height": 844}, color_scheme="light")
    page = seat.page
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00cut")
    send(page, console.url, path)
    expect(page.locator(".said.bad")).to_contain_text("cut.csv.gz: is a gzip file that is cut off", timeout=30000)
    page.get_by_role("button", name="Delete it").click()
    expect(page.locator("#toast")).to_contain_text("File deleted.")
    for address in ("model/training", "model/versions", "model/drift"):
        page.goto(console.url + address)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.select_option("#f-span", "7")
    page.get_by_role("button", name="Create report").click()
    expect(page.locator(".said.bad")).to_contain_text("no model has been promoted yet", timeout=30000)
    assert not seat.complaints


def test_a_large_file_is_refused_before_it_is_sent(sit: Sit, console: Console, tmp_path: Path) -> None:
    page = sit(wait=False).page
    path = tmp_path / "huge.csv"
    with path.open("wb") as sparse:
        sparse.truncate(70 * 1024 * 1024)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(f"{console.url}model/training")
    page.set_input_files("#f-file", str(path))
    expect(page.locator("#w-file")).to_contain_text("huge.csv is larger than 64 MiB")
    page.click("#submit-training_upload")
    assert "POST" not in sent
