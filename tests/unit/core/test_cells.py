"""What cells mean is one thing for every reader: nothing, truths, labels, plain words."""

import pytest

from core import cells


@pytest.mark.parametrize("word", ["", " ", "NA", "<NA>", r"\N", "NULL", "?", ".", "-", "NaT", "None"])
def test_what_stands_for_nothing(word: str) -> None:
    assert cells.is_missing(word)


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
    assert cells.are_truths(words) is expected


@pytest.mark.parametrize(
    ("word", "plain"),
    [("12.0", "12"), ("-3.00", "-3"), ("1.5", "1.5"), ("T", "true"), ("FALSE", "false"), ("tRUE", "tRUE"), ("M", "M")],
)
def test_the_plainest_spelling(word: str, plain: str) -> None:
    assert cells.plain(word) == plain


@pytest.mark.parametrize(
    ("text", "said"), [("1.00", True), (" Yes ", True), ("+1", True), ("0.0", False), ("genuine", False), ("u", None)]
)
def test_what_a_label_says(text: str, said: bool | None) -> None:
    assert cells.label(text) is said
