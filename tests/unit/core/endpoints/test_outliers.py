"""Where an outlier was: the innermost own function of most stacks, past what every query goes through."""

from core.endpoints.outliers import own_place
from core.events.performance.outlier import Frame, Stack

FRAMES = (
    Frame("api.view", "api/view.py", 5), Frame("sqlalchemy.execute"), Frame("core.db.q.run", "core/db/q.py", 9),
    Frame("api.other", "api/other.py", 7),
)  # fmt: skip


def test_it_is_the_function_of_most_stacks() -> None:
    stacks = [Stack(1.0, [0, 1]), Stack(2.0, [0, 3]), Stack(3.0, [0, 3, 1])]
    assert own_place(FRAMES, stacks) == "api.other (api/other.py:7)"


def test_what_every_query_goes_through_is_passed_over() -> None:
    assert own_place(FRAMES, [Stack(1.0, [0, 1, 2])]) == "api.view (api/view.py:5)"
    assert own_place(FRAMES, [Stack(1.0, [2])]) == "core.db.q.run (core/db/q.py:9)"


def test_without_own_functions_it_is_nowhere() -> None:
    assert own_place(FRAMES, [Stack(1.0, [1])]) == ""
    assert own_place(FRAMES, []) == ""
