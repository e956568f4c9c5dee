"""One spelling of a name, and what a new name may be."""

import ast
from pathlib import Path

import pytest

from core.audit.actors import RESERVED
from core.identity import usernames
from tests.tree import ROOT


@pytest.mark.parametrize(
    "spelling",
    ["admin", "ADMIN", " Admin ", "ａｄｍｉｎ", "ad\u200bmin", "\u202eadmin", "ad\u00admin", "adm\u2060in", "𝐚𝐝𝐦𝐢𝐧",
     "ad\ufe0fmin", "ad\x00min", "ⓐdmin", "ad\u3164min", "ad\U000e0101min", "admin\u2800"],
)  # fmt: skip
def test_every_spelling_of_a_name_is_one_name(spelling: str) -> None:
    assert usernames.canonical(spelling) == "admin"
    assert usernames.canonical(usernames.canonical(spelling)) == "admin"


@pytest.mark.parametrize(
    ("spelling", "name"), [("Straße", "strasse"), ("ZOË", "zoë"), ("Zoe\u0308", "zoë"), ("ſam", "sam")]
)
def test_folding_is_unicodes(spelling: str, name: str) -> None:
    assert usernames.canonical(spelling) == name


@pytest.mark.parametrize(
    "name",
    ["ann", "a", "7of9", "ann.lee_2@example.org", "zoë", "łukasz", "nguyễn", "дмитрий", "жанна.петрова", "γιώργος",
     "山田", "さくら", "김철수", "देवी", "ירון", "محمد", "x" * 64],
)  # fmt: skip
def test_people_of_all_countries_have_names(name: str) -> None:
    assert usernames.refusal(name) == ""
    assert usernames.refusal(name.upper()) == ""


@pytest.mark.parametrize(
    "name",
    ["", "x" * 65, "аdmin", "admіn", "сосо", "ѕуѕ", "οοο", "ɑdmin", "admın", "a b", "a:b", "a/b",
     "-ann", "@", "a\nb", "ad\u200bmin", "ירוןa", "ירון7", "a\u0301\u0301", "a\u0335b",
     "٣٣", "١", "山田a", "token:1", "🙂", "a;b", "<b>", "ꭺnn", "ⲁnn"],
)  # fmt: skip
def test_what_deceives_is_no_new_name(name: str) -> None:
    assert usernames.refusal(name)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_no_person_is_called_like_one_of_our_own_actors(name: str) -> None:
    assert usernames.refusal(name)
    assert usernames.refusal(usernames.canonical(name.upper()))


def test_two_names_that_look_the_same_have_one_skeleton() -> None:
    assert usernames.skeleton("сосо") == usernames.skeleton("coco")
    assert usernames.skeleton("zoë") != usernames.skeleton("zoe")


def test_every_actor_that_the_code_signs_with_is_reserved() -> None:
    """A default or an argument `actor="…"` anywhere is a name that nobody may take."""
    found = set()
    for room in ("core", "api", "collector", "console", "alerts", "ml", "stack"):
        for path in Path(ROOT / room).rglob("*.py"):
            found |= _actors(ast.parse(path.read_text()))
    assert {"system"} <= found, "nothing was found, so nothing was tested"
    assert {name for name in found if name and not usernames.refusal(name)} == set()


def _actors(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("actor", "requested_by", "created_by"):
            found |= _texts(node.value)
        if isinstance(node, ast.arguments):
            given = [*node.args[len(node.args) - len(node.defaults) :], *node.kwonlyargs]
            for argument, default in zip(given, [*node.defaults, *node.kw_defaults], strict=True):
                if argument.arg == "actor" and default is not None:
                    found |= _texts(default)
    return found


def _texts(node: ast.expr) -> set[str]:
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()
