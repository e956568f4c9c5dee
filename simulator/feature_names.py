"""Before a file is replayed: whether the model in service knows the features that `--map feature:NAME=COLUMN` names."""

from collections.abc import Callable, Iterable

from core.input_names import spelled_out, unknown
from core.nearest import Known
from simulator.replayer import Item
from simulator.sender import GaveUp, Sender


def check(sender: Sender, items: Iterable[Item], tell: Callable[[str], None]) -> None:
    """Tell the features that scoring will not use. Raises GaveUp where it would use none of them."""
    given = {name for item in items if item.score is not None for name in item.score["features"]}
    features = sender.features() if given else None
    if not features:  # nothing is scored, or the service does not say: its answers will
        return
    known = Known(features)
    strange = given - known.names
    if strange == given:
        listed = spelled_out(unknown(strange, known, "feature"))
        raise GaveUp(f"the model in service knows none of these features: {listed}; it expects {', '.join(features)}")
    if strange:
        tell(f"not features of the model in service, so not used: {spelled_out(unknown(strange, known, 'feature'))}")
