"""The mapping step as a form: guesses in, options out, refusals beside their fields, an earlier run's choices back."""

import pytest

from console.pages.training import mapping as forms
from console.pages.training import preview as file_preview
from core.models.file_preview import ColumnLook, FilePreview

LOOK = FilePreview(
    100,
    [
        ColumnLook("truth", "category", 0.1, 2, ["ok", "bad"], [("ok", 80), ("bad", 10)]),
        ColumnLook("when", "time", 0.0, 100, ["2026-01-01"]),
        ColumnLook("sent", "time", 0.0, 100, ["2026-01-01"]),
        ColumnLook("amount", "number", 0.0, 90, ["1"], low=0.5, high=12345.0),
        ColumnLook("bin", "number", 0.002, 90, ["4111"], low=1.0, high=9.0),
    ],
    {"label": "truth", "time": "when", "amount": "amount"},
    "bad",
)
GOOD = forms.guessed(LOOK)


def refused(role: str = "operator", **more: str) -> dict[str, str]:
    return forms.parsed({**GOOD, **more}, LOOK, role)[1]


def test_the_guesses_are_good_as_they_are() -> None:
    options, wrong = forms.parsed(GOOD, LOOK, "analyst")
    assert not wrong
    assert options["mapping"] == {
        "label": "truth", "time": "when", "id": None, "entity": None, "amount": "amount", "ignore": ["sent"],
        "categorical": [], "fraud_is": "bad", "legit_is": [], "skip_unlabelled": True,
    }  # fmt: skip
    assert (options["delay_days"], options["keep_known"], options["promote"]) == (0.0, False, "never")


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"label": ""}, "label", "Choose the column that holds the label"),
        ({"label": "77"}, "label", "Choose a column of the file"),
        ({"label": "-1"}, "label", "Choose a column of the file"),
        ({"time": "0"}, "time", "'truth' is already used as label"),
        ({"entity": "1"}, "entity", "'when' is already used as time"),
        ({"fraud_is": "awful"}, "fraud_is", "has no value 'awful': bad, ok"),
        ({"skip_unlabelled": ""}, "skip_unlabelled", "10 rows have no label"),
        ({"legit_is": "fine"}, "legit_is", "has no value 'fine': bad, ok"),
        ({"legit_is": "ok, bad"}, "legit_is", "'bad' is already the fraud value"),
        ({"test_share": "2"}, "test_share", "between 0 and 1"),
        ({"time": "", "test_days": "2"}, "test_days", "choose one under “Time”"),
        (
            {"shuffle": "on", "delay_days": "1"},
            "shuffle",
            "cannot be combined with “Label delay in days”",
        ),
        ({"delay_days": "x"}, "delay_days", "Enter a number of days"),
        ({"delay_days": "nan"}, "delay_days", "Enter 0 to 365 days"),
        ({"delay_days": "400"}, "delay_days", "Enter 0 to 365 days"),
        ({"delay_days": "2", "time": ""}, "delay_days", "needs a time column"),
        ({"algorithm": "magic"}, "algorithm", "Choose an option"),
        ({"promote": "always"}, "promote", "Choose an option"),
        ({"use-3": "maybe"}, "use-3", "Choose an option"),
        ({"use-3": "ignore", "use-4": "ignore"}, "uses", "Every column is excluded"),
    ],
)
def test_what_is_wrong_is_said_by_its_field(more: dict[str, str], field: str, words: str) -> None:
    assert words in refused(**more)[field]


@pytest.mark.parametrize("said", ["-1", "-1.0", "-1.00", " +1 "])
def test_a_value_that_means_fraud_is_the_same_as_in_the_run(said: str) -> None:
    label = ColumnLook("truth", "number", 0.0, 2, ["-1.0", "1.0"], [("-1.0", 80), ("1.0", 20)])
    look = FilePreview(100, [label, *LOOK.columns[1:]], LOOK.guesses, "")
    assert not forms.parsed({**GOOD, "fraud_is": said}, look, "analyst")[1]


def test_only_an_operator_lets_a_run_promote() -> None:
    assert "promote" in refused("analyst", promote="better")
    assert not refused("operator", promote="better")


def test_an_earlier_run_gives_its_choices_back() -> None:
    sent = {**GOOD, "use-4": "words", "delay_days": "1.5", "keep_known": "on", "note": "again", "algorithm": "forest"}
    sent |= {"legit_is": "ok", "test_from": "2026-01-31T00:00:00.000Z", "test_days": "2.5", "folds": "3"}
    options, wrong = forms.parsed(sent, LOOK, "operator")
    assert not wrong
    assert forms.of_options(options, LOOK) == sent


def test_what_was_typed_is_kept_and_cut_to_what_a_form_may_hold() -> None:
    kept = forms.typed({"note": "a\0" + "b" * 900, "label": "3", "other": "x"}, LOOK)
    assert (kept["label"], len(kept["note"]), "other" in kept) == ("3", forms.NOTE, False)


def test_columns_read_as_people_read_them() -> None:
    rows = file_preview.shown(LOOK)
    assert (rows[0].kind, rows[0].missing, rows[0].examples) == ("words", "10.0 %", "ok (80) · bad (10)")
    assert rows[3].extent == "0.5 … 12,345"
    assert (rows[4].missing, rows[3].missing) == ("0.2 %", "–")


def test_where_both_sides_are_named_other_values_have_no_label() -> None:
    label = ColumnLook("truth", "category", 0.0, 3, ["ok"], [("ok", 60), ("bad", 30), ("a, b", 10)])
    look = FilePreview(100, [label, *LOOK.columns[1:]], LOOK.guesses, "bad")
    sent = {**GOOD, "legit_is": "OK", "skip_unlabelled": ""}
    assert "10 rows have no label" in forms.parsed(sent, look, "analyst")[1]["skip_unlabelled"]
    options, wrong = forms.parsed({**sent, "legit_is": "a, b", "skip_unlabelled": "on"}, look, "analyst")
    assert (options["mapping"]["legit_is"], wrong) == (["a, b"], {}), "a value that holds a comma stands alone"
