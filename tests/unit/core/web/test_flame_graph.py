"""The flame graph: widths add up, and whatever a function is called, the picture holds no script."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.web.flame_graph import fold, svg

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert(1)</script>;x" onload="evil();]]>&bad; \x00\x1b[31m (a.py:3) 7'


def bars(picture):
    """Titles and widths of the drawn frames."""
    root = ElementTree.fromstring(picture)
    return {
        group.find(f"{SVG}title").text: float(group.find(f"{SVG}rect").get("width")) for group in root.iter(f"{SVG}g")
    }


def test_stacks_are_folded_and_drawn_by_their_samples():
    root = fold(["main;work;inner 6", "main;work 2", "main;idle 2", "no stack", "half "])
    assert (root.samples, root.children["main"].children["work"].samples) == (10, 8)
    found = bars(svg(root, "scoring"))
    assert {name.split(" (")[0] for name in found} == {"all", "main", "work", "inner", "idle"}
    width = {name.split(" (")[0]: size for name, size in found.items()}
    assert width["work"] / width["main"] == pytest.approx(0.8, abs=0.01)


def test_without_samples_it_says_so():
    assert "No samples" in svg(fold([]), "scoring")


def test_hostile_names_are_only_text():
    picture = svg(fold([HOSTILE]), HOSTILE)
    ElementTree.fromstring(picture)
    assert "<script" not in picture
    assert not re.search(r"<[^>]*\son\w+=", picture)


@given(st.lists(st.tuples(st.text(max_size=60), st.integers(1, 50)), max_size=15), st.text(max_size=200))
def test_any_names_make_a_well_formed_picture(stacks, title):
    picture = svg(fold(f"{name} {count}" for name, count in stacks), title)
    allowed = {f"{SVG}{name}" for name in ("svg", "g", "title", "rect", "text")}
    assert {element.tag for element in ElementTree.fromstring(picture.encode()).iter()} <= allowed
