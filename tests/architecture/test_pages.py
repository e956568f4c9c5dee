"""Every page of the contract is documented and tested, and so is every change that a person makes on it."""

import pytest

from console.page import Page, discover_pages
from tests.tree import ROOT, headings, imports, plugins, sources

PAGES = discover_pages()
TESTS = [path.read_text() for path in sorted((ROOT / "tests" / "integration" / "console").rglob("test_*.py"))]


@pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.name)
def test_a_page_has_its_heading_in_the_documents(page: Page) -> None:
    assert page.title in headings(), f"no heading in docs/ is {page.title!r}"


@pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.name)
def test_a_page_has_its_mirrored_test(page: Page) -> None:
    module = page.content.__module__.split(".")[2]
    path = ROOT / "tests" / "integration" / "console" / "pages" / f"test_{module}.py"
    assert path.exists(), f"the page {page.name} wants {path.relative_to(ROOT)}"
    assert "def test_" in path.read_text()


def test_what_is_no_page_among_them_serves_pages() -> None:
    """A module without PAGE is no page, which a slip of the pen could make of one: then nobody imports it."""
    used = {name for path in sources() for name in imports(path)}
    subjects = {page.content.__module__ for page in PAGES.values()}
    modules = {f"console.pages.{name}" for name in plugins("console/pages")}
    assert sorted(modules - subjects - used) == []


@pytest.mark.parametrize(
    "action", [action for page in PAGES.values() for action in page.actions], ids=lambda action: action.name
)
def test_an_action_is_explained_and_sent_in_a_test(action: object) -> None:
    from console.actions import Action

    assert isinstance(action, Action)
    assert action.run.__doc__, f"{action.name} has no docstring"
    begin = action.path.split("<")[0].rstrip("/")
    assert any(f'"{begin}' in text for text in TESTS), f"no integration test sends {action.path}"
