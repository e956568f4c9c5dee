"""Every page of the bar: a change to it within the shell against opening it anew, and the first look at the live page.

Goals: a change takes at most 300 ms (p95 of each page), and the live page says something within 2 s of a cold start: no
cache, no session of the browser, loopback. Both sides of a ratio are measured in turn in one run, with the real
monitoring API on empty stores: what is measured is the way of a page, not its queries, which other benchmarks time.
A change ends when the page is in place and painted; opening anew when its heading can be seen.
"""

import json
import sys
import time

from playwright.sync_api import Browser, Page

from bench import harness
from bench._console import FIRST, opened
from console.page import discover_pages

RUNS, COLD_RUNS = 20, 5
CHANGE_GOAL_MS, FIRST_GOAL_MS = 300.0, 2000.0
CHANGE = """async (address) => {
    const began = performance.now();
    await window.gh.goPage(address);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return performance.now() - began;
}"""
SHOWN = "main h1 >> visible=true"
CHARTS = "#fraud_scatter[data-state=ready]"


def main() -> int:
    """Measure all pages; 0 when every goal is met."""
    with harness.servers() as (database_url, redis_url), opened(database_url, redis_url) as (page, url):
        is_met = changes(page, url)
        browser = page.context.browser
        assert browser is not None
        is_met &= first_look(browser, page, url)
    return 0 if is_met else 1


def changes(page: Page, url: str) -> bool:
    """Each page of the bar in turn, RUNS times: the change to it, then the same page anew."""
    places = [one for one in discover_pages().values() if one.place]
    moved: dict[str, list[float]] = {one.name: [] for one in places}
    anew: dict[str, list[float]] = {one.name: [] for one in places}
    for run in range(RUNS + 1):
        for one in places:
            took = page.evaluate(CHANGE, url + one.path)
            page.wait_for_load_state("networkidle")
            if run:  # the first round fills the caches of both sides
                moved[one.name].append(took)
        for one in places:
            began = time.perf_counter()
            page.goto(url + one.path)
            page.wait_for_selector(SHOWN if not one.panels else FIRST)
            if run:
                anew[one.name].append((time.perf_counter() - began) * 1000)
    is_met = True
    for one in sorted(places, key=lambda one: -p95(moved[one.name])):
        worst, whole = p95(moved[one.name]), p95(anew[one.name])
        met = worst <= CHANGE_GOAL_MS
        is_met &= met
        detail = {"p95_ms": worst, "median_ms": harness.median(moved[one.name]), "anew_p95_ms": whole, "runs": RUNS}
        print(
            f"{one.name}: {whole / worst:.3g} x quicker {'met' if met else 'NOT MET'}  {json.dumps(detail)}", flush=True
        )
    return is_met


def first_look(browser: Browser, seen: Page, url: str) -> bool:
    """The live page in browsers that know nothing but the cookie: until its figures, and until its charts."""
    figures: list[float] = []
    charts: list[float] = []
    for _ in range(COLD_RUNS):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies(seen.context.cookies())  # type: ignore[arg-type]
        page = context.new_page()
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.wait_for_selector(FIRST)
        figures.append((time.perf_counter() - began) * 1000)
        page.wait_for_selector(CHARTS)
        charts.append((time.perf_counter() - began) * 1000)
        context.close()
    met = p95(figures) <= FIRST_GOAL_MS
    detail = {"ms": [round(one) for one in figures], "charts_ms": [round(one) for one in charts]}
    print(f"first look: {p95(figures):.0f} ms {'met' if met else 'NOT MET'}  {json.dumps(detail)}", flush=True)
    return met


def p95(values: list[float]) -> float:
    """The value that 95 % of them do not pass, in whole milliseconds."""
    return float(round(sorted(values)[max(0, round(0.95 * len(values)) - 1)]))


if __name__ == "__main__":
    sys.exit(main())
