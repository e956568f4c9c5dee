"""What cells mean is one thing for every reader: nothing, truths, labels, plain words."""

import pytest

from core.tabular import missing_values


@pytest.mark.parametrize("word", ["", " ", "NA", "<NA>", r"\N", "NULL", "?", ".", "-", "NaT", "None"])
def test_what_stands_for_nothing(word: str) -> None:
    assert missing_values.is_missing(word)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["t", "f", "NA"], True),
        (["True", "FALSE"], True),
        (["F", "M"], False),
        (["t", "unknown"], False),
        (["1", "0"], False),
        (["NA", ""], False),
    ],
)
def test_a_column_is_one_of_truths_as_a_whole(words: list[str], expected: bool) -> None:
    assert missing_values.are_truths(words) is expected


@pytest.mark.parametrize(
    ("word", "plain"),
    [("12.0", "12"), ("-3.00", "-3"), ("1.5", "1.5"), ("T", "true"), ("FALSE", "false"), ("tRUE", "tRUE"), ("M", "M")],
)
def test_the_plainest_spelling(word: str, plain: str) -> None:
    assert missing_values.plain(word) == plain


@pytest.mark.parametrize(
    ("text", "said"), [("1.00", True), (" Yes ", True), ("+1", True), ("0.0", False), ("genuine", False), ("u", None)]
)
def test_what_a_label_says(text: str, said: bool | None) -> None:
    assert missing_values.label(text) is said


@pytest.mark.parametrize("text", ["", "?", "??", "Unknown", "PENDING", "in_review", "not-reviewed", "N/A", "-", "open"])
def test_labels_that_say_that_nothing_is_known(text: str) -> None:
    assert missing_values.is_undecided(text)


@pytest.mark.parametrize("text", ["0", "1", "2", "-1", "legit", "fraud", "refunded", "other"])
def test_labels_that_say_something(text: str) -> None:
    assert not missing_values.is_undecided(text)
