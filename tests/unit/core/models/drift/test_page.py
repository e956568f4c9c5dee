"""The page is whole, safe and complete: every column by name, nothing from elsewhere, no script."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from core.models.drift import page, plot
from core.models.drift.baseline import fit
from core.models.drift.params import DriftParams
from core.models.drift.report import Plot, Report
from ml.drift.chunks import Chunk, Chunks
from ml.drift.judge import judge
from tests.unit.core.models.drift.making import table

VOID = {"meta", "br", "rect", "line", "path", "i"}


class Balanced(HTMLParser):
    """Notes every tag that is not closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture
def report() -> Report:
    """Many kinds of columns, some of which moved, with a hostile name."""
    random = np.random.default_rng(1)
    before = {**table(random, 900), "gone": np.ones(900), "</style><script>alert(1)</script>": random.normal(size=900)}
    after = {**table(random, 700), "more": np.ones(700), "</style><script>alert(1)</script>": random.normal(3, 1, 700)}
    return judge(fit(before), after, DriftParams(), 1.7e9)


def test_the_page_names_every_column_and_is_well_formed(report: Report) -> None:
    text = page.page(report)
    parser = Balanced()
    parser.feed(text)
    parser.close()
    assert (parser.open, parser.wrong) == ([], [])
    for column in report.columns:
        assert column.name.replace("<", "&lt;").replace(">", "&gt;") in text
    assert "<script" not in text
    assert not re.search(r"(?:src|href)=\"(?!#)", text)
    assert not re.search(r"\bnan\b|\binf\b", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))
    assert "@media(prefers-color-scheme:dark)" in text


def test_links_lead_to_sections(report: Report) -> None:
    text = page.page(report)
    targets = set(re.findall(r'href="#([^"]+)"', text))
    assert targets
    assert targets == set(re.findall(r'<details id="([^"]+)"', text))


def test_only_what_wants_attention_is_open(report: Report) -> None:
    opened = re.findall(r'class="(\w+)" open', page.page(report))
    assert opened
    assert set(opened) <= {"drifted", "absent"}


def test_a_report_without_rows_is_a_page_too() -> None:
    text = page.page(judge(fit({"x": []}), {}, DriftParams(), 0.0))
    assert "Not enough data" in text


def test_bars_are_as_high_as_their_shares() -> None:
    text = plot.draw(Plot([0.25, 0.75], [0.5, 0.5], edges=[1.0]), "x")
    heights = [float(h) for h in re.findall(r'class="before"[^/]*height="([\d.]+)"', text)]
    assert heights[1] / heights[0] == pytest.approx(3, rel=0.01)
    assert "up to 1: before 25 %, after 50 %" in text


def test_categories_are_named_and_long_names_cut() -> None:
    text = plot.draw(Plot([1.0, 0.0], [0.0, 1.0], labels=["a" * 50, "<b>"]), "x")
    assert "a" * 21 + "…" in text
    assert "&lt;b&gt;" in text


def test_chunks_are_listed_with_what_changed_in_them() -> None:
    random = np.random.default_rng(3)
    values = random.normal(size=900)
    values[600:] += 2
    parts = [Chunk(f"<rows {start}>", np.arange(start, start + 300)) for start in (0, 300, 600)]
    chunks = Chunks("300 rows", parts, lambda row: f"row {row}")
    report = judge(fit({"<x>": random.normal(size=900)}), {"<x>": values}, DriftParams(), 1.7e9, None, chunks)
    text = page.page(report)
    assert "1 of 3 chunks (each: 300 rows) differ from the reference." in text
    assert '<th scope="row">&lt;rows 600&gt;</th>' in text
    assert "<b>&lt;x&gt;</b> median" in text
