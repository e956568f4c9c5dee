"""Components as HTML: everything escaped, what reorders shown, Bootstrap's classes, and what a form sends."""

import dash_bootstrap_components as dbc
from dash import html
from markupsafe import Markup

from console.as_html import as_html
from console.attributes import attributes
from tests.components import Reader


def test_texts_and_attributes_are_no_markup() -> None:
    made = as_html(html.P(['<b>&"', Markup("<i>own</i>")], title='"><b>', **attributes({"data-x": "a&b'"})))
    assert "<b>" not in made
    assert "<i>own</i>" in made
    assert dict(Reader(made).attributes) == {"title": '"><b>', "data-x": "a&b'"}
    assert dict(Reader(as_html(html.P(**attributes({"data-x": Markup('<i a="b">')})))).attributes) == {
        "data-x": '<i a="b">'
    }


def test_what_reorders_is_shown_and_values_stay_exact() -> None:
    made = as_html(html.Button("a\u202eb", title="c\u202e", value="d\u202e"))
    assert made == '<button title="c\\u202e" value="d\u202e">a\\u202eb</button>'


def test_nothing_is_nothing_and_truth_has_no_value() -> None:
    assert as_html(None) == as_html([None, False, []]) == ""
    assert as_html(html.Details(open=True, hidden=False, className="")) == "<details open></details>"
    assert as_html([html.Br(), 3]) == "<br>3"


def test_a_field_looks_like_bootstraps_and_keeps_its_own_class() -> None:
    assert 'class="form-control is-invalid own"' in as_html(dbc.Input(name="a", invalid=True, class_name="own"))
    hidden = Reader(as_html(dbc.Input(type="hidden", name="a", value="1")))
    assert dict(hidden.attributes) == {"type": "hidden", "name": "a", "value": "1"}
    assert 'class="btn btn-danger btn-sm"' in as_html(dbc.Button("x", color="danger", size="sm"))


def test_a_form_sends_what_it_shows() -> None:
    options = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    form = dbc.Form(
        [
            dbc.Select(id="f-s", name="s", options=options, value="b"),
            dbc.Select(id="f-n", name="n", options=options, value="", placeholder="choose"),
            dbc.Textarea(id="f-t", name="t", value="x\ny"),
            dbc.Checkbox(id="f-scope-read", name="scope", value=True, label="read"),
            dbc.Checkbox(id="f-other-on", name="other", value=False, label="on"),
        ]
    )
    fields = Reader(as_html(form)).fields
    assert {name: fields.get(name) for name in ("s", "n", "scope", "other")} == {
        "s": "b",
        "n": "",
        "scope": "read",
        "other": None,
    }
    assert ">x\ny</textarea>" in as_html(form)


def test_a_document_of_ours_stands_as_it_was_made() -> None:
    made = as_html(html.Div(**attributes({"data-document": "<p>a &lt;</p>"})))
    assert made == "<div><p>a &lt;</p></div>"
