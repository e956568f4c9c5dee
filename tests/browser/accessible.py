"""What axe finds on a page that stands still: the one look that every browser test takes."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# A colour that is half faded in has no contrast of its own: what ends by itself is awaited, what turns for ever is not.
STILL = """() => Promise.all(document.getAnimations()
    .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime))
    .map((one) => one.finished.catch(() => null)))"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def faults(page: Page) -> list[tuple[str, list[str]]]:
    """Serious and critical findings by rule, each with the first three elements."""
    page.evaluate(STILL)
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    return [
        (one["id"], [node["html"][:160] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
