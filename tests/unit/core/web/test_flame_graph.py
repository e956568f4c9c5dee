"""The flame graph: widths add up, and whatever a function is called, the picture holds no script."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.web.flame_graph import svg

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert(1)</script>;x" onload="evil();]]>&bad; \x00\x1b[31m'


def bars(picture):
    """Titles and widths of the drawn frames."""
    root = ElementTree.fromstring(picture)
    return {
        group.find(f"{SVG}title").text: float(group.find(f"{SVG}rect").get("width")) for group in root.iter(f"{SVG}g")
    }


def test_stacks_are_drawn_by_their_samples():
    picture = svg({("main", "work", "inner"): 6, ("main", "work"): 2, ("main", "idle"): 2}, "scoring")
    found = bars(picture)
    assert {name.split(" (")[0] for name in found} == {"all", "main", "work", "inner", "idle"}
    width = {name.split(" (")[0]: size for name, size in found.items()}
    assert width["work"] / width["main"] == pytest.approx(0.8, abs=0.01)
    assert "10 samples" in picture


def test_without_samples_it_says_so():
    assert "No samples" in svg({}, "scoring")


def test_hostile_names_are_only_text():
    picture = svg({tuple(HOSTILE.split(";")): 7}, HOSTILE)
    ElementTree.fromstring(picture)
    assert "<script" not in picture
    assert not re.search(r"<[^>]*\son\w+=", picture)


@given(
    st.dictionaries(st.lists(st.text(max_size=60), max_size=6).map(tuple), st.integers(1, 50), max_size=15),
    st.text(max_size=200),
)
def test_any_names_make_a_well_formed_picture(stacks, title):
    allowed = {f"{SVG}{name}" for name in ("svg", "g", "title", "rect", "text")}
    assert {element.tag for element in ElementTree.fromstring(svg(stacks, title).encode()).iter()} <= allowed
