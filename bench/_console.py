"""A console with its monitoring API over stores, and somebody who is logged in to it in real Chromium."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from playwright.sync_api import Page, sync_playwright

from bench import harness
from bench.live_tick import FLAGS, OURS, PASSWORD, PHONE
from tests.people import come_in

FIRST = ".kpi .value"  # the live page says something: its figures are there


@contextmanager
def opened(database_url: str, redis_url: str) -> Iterator[tuple[Page, str]]:
    """A tab on the live page, and the console's address."""
    with tempfile.TemporaryDirectory() as folder:
        shared = {
            **os.environ,
            "REDIS_URL": redis_url,
            "DATABASE_URL": database_url,
            "GATEHOUSE_SECRET_KEY": "k" * 40,
            "GATEHOUSE_DATA": folder,
            "GATEHOUSE_INTERNAL_TOKEN": "t" * 40,
            "GATEHOUSE_SCORING_URL": "http://127.0.0.1:9",
            "GATEHOUSE_ADMIN_PASSWORD_HASH": PasswordHasher(1, 8192, 1).hash(PASSWORD),
            "GATEHOUSE_ALLOW_NETWORKS": "127.0.0.0/8",
        }
        with harness.gunicorn("monitoring_api:app", shared) as (behind, _):
            known = {**shared, "GATEHOUSE_API_URL": f"http://127.0.0.1:{behind}"}
            with (
                harness.gunicorn("monitoring_dashboard:app", known) as (port, _),
                sync_playwright() as playwright,
            ):
                program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
                browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM") or program, args=FLAGS)
                url = f"http://127.0.0.1:{port}{OURS}"
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.goto(url)
                come_in(page, PHONE, "admin", PASSWORD)
                page.wait_for_selector(FIRST)
                yield page, url
                browser.close()
