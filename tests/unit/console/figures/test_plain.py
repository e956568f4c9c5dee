"""What comes from outside is plain text in every figure: no mark-up, no link, no colour; ours stays."""

import ast
import html
import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest

from console import figures
from console.figures import marks, waterfall
from console.figures.plain import TEMPLATES, Markup, drawing, inline, plain
from core import codec
from core.monitoring.alerts import AlertSpan, PolicyChange

HOSTILE = (
    '<a href="http://evil.example">x</a>', "<b>b</b>", "<br>", "<span style='color:red'>x</span>", "<i>i</i>",
    "<sub>s</sub>",
    "<sup>s</sup>", "&lt;b&gt;", "&#60;b&#62;", "a & b", "%{y}<extra></extra>", "<extra>x</extra>", "@blocked", "a\nb",
    "<a href='javascript:alert(1)'>x</a>", "<A HREF=x>", "<", "\u202eevil", "<b", "<<b>>",
)  # fmt: skip
TAG = re.compile(r"<")


def texts(value: Any, key: str = "") -> list[tuple[str, str]]:
    """Every (key, text) of a figure."""
    if isinstance(value, str):
        return [(key, value)]
    if isinstance(value, dict):
        return [found for name, one in value.items() for found in texts(one, name)]
    return [found for one in value for found in texts(one, key)] if isinstance(value, list) else []


def shown(text: str) -> str:
    """As Plotly shows a text without tags."""
    return html.unescape(text)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "key", ["name", "text", "hovertext", "customdata", "ids", "x", "y", "ticktext", "labels", "title"]
)
def test_a_text_from_outside_is_shown_letter_by_letter(key: str, text: str) -> None:
    @drawing
    def draw() -> dict[str, Any]:
        return {"data": [{key: [[text]], "marker": {"color": "@ok"}}], "layout": {"title": {"text": text}}}

    figure = draw()
    for _, found in texts(figure["data"][0][key]) + texts(figure["layout"]):
        assert not TAG.search(found)
        if text.isprintable():
            assert shown(found) == text
        if key != "title":
            assert not found.startswith("@")
    assert figure["data"][0]["marker"]["color"] == "@ok"


def test_mark_up_of_ours_stays() -> None:
    @drawing
    def draw() -> dict[str, Any]:
        made = Markup(f"<b>{plain('<a>')}</b>")
        return {"data": [{"text": made, "hovertemplate": f"%{{y}} {inline('<a> %{x}')}<br><extra></extra>"}]}

    [trace] = draw()["data"]
    assert trace["text"] == "<b>&lt;a></b>"
    assert trace["hovertemplate"] == "%{y} &lt;a> %&#123;x}<br><extra></extra>"
    assert codec.encode(draw())


def functions() -> list[tuple[str, str]]:
    """Public functions of console/figures whose body makes a figure (`data` and `layout`)."""
    found = []
    for module in pkgutil.iter_modules(figures.__path__):
        path = Path(figures.__path__[0]) / f"{module.name}.py"
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            returned = ast.unparse(node.returns) if node.returns else ""
            calls = {ast.unparse(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
            if returned == "dict[str, Any]" and ('"data"' in path.read_text() or "'data'" in path.read_text()):
                is_figure = any(
                    isinstance(one, ast.Dict)
                    and any(isinstance(k, ast.Constant) and k.value == "data" for k in one.keys)
                    for one in ast.walk(node)
                )
                if is_figure or "_draw" in calls:
                    found.append((module.name, node.name))
    return found


def test_every_function_that_draws_makes_its_texts_plain() -> None:
    found = functions()
    assert len(found) >= 17
    for module, name in found:
        draw = getattr(importlib.import_module(f"console.figures.{module}"), name)
        assert getattr(draw, "is_drawing", False), f"{module}.{name} lacks @drawing"


def test_templates_are_made_of_nothing_from_outside() -> None:
    """In the source of every figure a template is a constant, or names only what is known to be ours or `inline`."""
    ours = {"unit", "words", "title", "key", "name", "inline", "share", "low", "high", "hover"}
    ours |= {"'%{text}'", "'$%{y:,.0f}'"}
    for module in pkgutil.iter_modules(figures.__path__):
        tree = ast.parse((Path(figures.__path__[0]) / f"{module.name}.py").read_text())
        for node in ast.walk(tree):
            if not isinstance(node, ast.Dict):
                continue
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in TEMPLATES:
                    names = {one.id for one in ast.walk(value) if isinstance(one, ast.Name)}
                    assert names <= ours, (module.name, ast.unparse(value))


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_features_alerts_and_people_are_plain(text: str) -> None:
    features = [{"name": text, "value": 1.0, "contribution": 0.5}]
    outside = [one for key, one in texts(waterfall.draw(features, 0.9)) if key not in TEMPLATES]
    assert not any(TAG.search(one) for one in outside)
    span = AlertSpan(incident="i1", rule="A1", series="", title=text, metric="m", severity="high", start=100, end=200)
    change = PolicyChange(t=150, version=4, profile=text, fraud_threshold=0.5, actor=text)

    @drawing
    def draw() -> dict[str, Any]:
        fired = marks.within([span], ["m"], 100, 300)
        return {"data": [marks.bars(fired, 1.0)], "layout": marks.changes(marks.of_policies([change]), 100, 300)}

    assert not any(TAG.search(one) for key, one in texts(draw()) if key not in TEMPLATES)
