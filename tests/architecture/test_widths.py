"""No line of prose, template or style passes 120 columns: it would scroll sideways beside the code.

And there is little of what the console brings to the browser as its own.
"""

import re
from pathlib import Path

import pytest

from tests.tree import ROOT, documents, named

LIMIT = 120
MOST_STYLES = 20_000  # bytes
MOST_SCRIPTS = 1_500  # lines, as `make format` writes them; less is better
STYLES = [path for path in sorted((ROOT / "console" / "assets").glob("*.css")) if path.name != "icons.css"]
SCRIPTS = [path for path in sorted((ROOT / "console" / "assets").rglob("*.js")) if "vendor" not in path.parts]
TEMPLATES = sorted((ROOT / "console" / "templates").rglob("*.html"))
# Pages that become Dash layouts (and their parts); each leaves this list when it goes. What stays Jinja is not in it.
LEAVING = """
    confirm.html hints.html page.html problem.html
"""


@pytest.mark.parametrize("page", documents(), ids=named)
def test_prose_is_narrow(page: Path) -> None:
    """Tables and fenced code may be wider, and so may a piece of code that cannot be broken."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    prose = [re.sub(r"`[^`]*`", "``", line) for line in text.splitlines() if not line.lstrip().startswith("|")]
    assert [line for line in prose if len(line) > LIMIT] == []


@pytest.mark.parametrize("path", [*STYLES, ROOT / "api/static/docs.css", ROOT / "api/static/docs.html"], ids=named)
def test_styles_are_narrow(path: Path) -> None:
    assert wide(path) == []


def test_the_console_has_few_styles_of_its_own() -> None:
    """Bootstrap has words for the rest; icons.css is the icon set, vendor/ is built by frontend/."""
    assert sum(path.stat().st_size for path in STYLES) <= MOST_STYLES


def test_the_console_has_few_scripts_of_its_own() -> None:
    """What the server, the browser or a library in vendor/ can do is not written again; no line is long to save one."""
    lines = [line for path in SCRIPTS for line in path.read_text().splitlines()]
    assert len(lines) <= MOST_SCRIPTS
    assert [line for line in lines if len(line) > LIMIT and not line.startswith("//")] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_templates_are_narrow(path: Path) -> None:
    assert path.name in LEAVING.split() or wide(path) == []


def wide(path: Path) -> list[str]:
    """The lines of a file that are too long."""
    return [line for line in path.read_text().splitlines() if len(line) > LIMIT]
