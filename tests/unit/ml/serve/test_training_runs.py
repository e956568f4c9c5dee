"""What a run keeps of an order."""

import pytest

from ml.serve.schemas import Train
from ml.serve.training_runs import options


@pytest.mark.parametrize(("wish", "kept"), [(True, "always"), (False, "never"), ("better", "better"), ("ask", "ask")])
def test_the_wish_for_promotion_is_kept_in_words(wish: bool | str, kept: str) -> None:
    assert options(Train(promote=wish, days=7, note="--promote"))["promote"] == kept  # type: ignore[arg-type]
    assert options(Train(days=7, note="--promote"))["note"] == "--promote"
