"""Pages are discovered whole or not at all: one name, one path and one key each."""

import sys
from pathlib import Path

import pytest

from console import region
from console.auth.roles import ROLES
from console.navigation import bar, offered
from console.page import discover_pages
from core.errors import ConfigError

ONE = """
from console.page import Page, Place
PLACE = Place(1, "{key}")
PAGE = Page(name="{name}", path="{path}", title="T", role="viewer", content=lambda context: None, place=PLACE)
"""


def package(folder: Path, name: str, **pages: str) -> str:
    """A package of pages under `folder`, importable as `name`."""
    root = folder / name
    for subject, text in pages.items():
        (root / subject).mkdir(parents=True)
        (root / subject / "__init__.py").touch()
        (root / subject / "page.py").write_text(text)
    (root / "__init__.py").touch()
    sys.path.insert(0, str(folder))
    return name


def test_every_subject_is_a_page() -> None:
    pages = discover_pages()
    assert {"live", "tokens", "audit"} <= pages.keys()
    assert pages["live"].endpoint == ""
    assert pages["tokens"].endpoint == "tokens"
    assert pages["live"].panels


@pytest.mark.parametrize(
    ("second", "what"),
    [
        ({"name": "a", "path": "y", "key": "y"}, "another page has its name or its path"),
        ({"name": "b", "path": "x", "key": "y"}, "another page has its name or its path"),
        ({"name": "b", "path": "y", "key": "x"}, "two pages have the key 'x'"),
    ],
)
def test_two_pages_never_share_a_name_a_path_or_a_key(tmp_path: Path, second: dict[str, str], what: str) -> None:
    first = ONE.format(name="a", path="x", key="x")
    name = package(tmp_path, f"pages_of_{abs(hash(str(second)))}", first=first, second=ONE.format(**second))
    with pytest.raises(ConfigError, match=what):
        discover_pages(name)


def test_an_action_never_has_the_name_of_another_route(tmp_path: Path) -> None:
    action = (
        'from console.actions import Action\nTAKES = (Action("a", "x/do", "viewer", False, True, lambda d, f: None),)'
    )
    text = action + ONE.format(name="a", path="x", key="x").replace("place=PLACE", "place=PLACE, actions=TAKES")
    with pytest.raises(ConfigError, match="two routes have the name 'a'"):
        discover_pages(package(tmp_path, "pages_with_actions", first=text))


def test_a_page_may_be_one_file_beside_what_pages_share(tmp_path: Path) -> None:
    name = package(tmp_path, "pages_in_files", first=ONE.format(name="a", path="x", key="x"))
    (tmp_path / name / "second.py").write_text(ONE.format(name="b", path="y", key="y"))
    (tmp_path / name / "shared.py").write_text("WORDS = 'both'")
    assert set(discover_pages(name)) == {"a", "b"}


def test_a_subject_without_a_page_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"pages_without\.first.page has no PAGE"):
        discover_pages(package(tmp_path, "pages_without", first=""))


@pytest.mark.parametrize("role", ROLES)
def test_the_bar_offers_what_the_role_may_open_in_one_order(role: str) -> None:
    pages = discover_pages()
    region.admit(pages)
    links = bar(pages)
    assert [link.order for link in links] == sorted(link.order for link in links)
    assert len({link.key for link in links}) == len(links), "two pages have one key"
    names = [link.name for link in offered(links, "/p/", role)]
    assert ("tokens" in names) is (role == "admin")
    assert "live" in names
