"""What axe finds on a page that stands still: the one look that every browser test takes, in each mode and width."""

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

# A colour that is half faded in has no contrast of its own: what ends by itself is awaited, what turns for ever is not.
STILL = """() => Promise.all(document.getAnimations()
    .filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime))
    .map((one) => one.finished.catch(() => null)))"""
ALL_LOOKS = (("light", 390), ("dark", 390), ("dark", 1440), ("light", 1440))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def looks(page: Page, *wanted: tuple[str, int]) -> Iterator[tuple[str, int]]:
    """Each mode and width in turn, on the page that is open: a device is turned, a system changes its colours at dusk.

    Open the page in the first of them, a telephone's; that it opens on a desk is what all other tests show.
    """
    for mode, width in wanted:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=mode)  # type: ignore[arg-type]
        expect(page.locator(f"html[data-mode={mode}]")).to_have_count(1)
        yield mode, width


def faults(page: Page) -> list[tuple[str, list[str]]]:
    """Serious and critical findings by rule, each with the first three elements."""
    page.evaluate(STILL)
    axe = Axe()
    if page.evaluate("typeof axe === 'object'"):
        axe.axe_script = ""  # half a megabyte, and the page has it from the last look
    found = axe.run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    return [
        (one["id"], [node["html"][:160] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
