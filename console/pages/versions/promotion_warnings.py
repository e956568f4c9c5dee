"""What speaks against making a model the champion, in sentences, for the page and for the question before it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

NAMED = 3  # features that a sentence names; more are counted


def cautions(
    features: Sequence[str],
    champion: int | None,
    champion_features: Sequence[str],
    comparison: Mapping[str, Any] | None,
) -> list[str]:
    """What an operator should know before promoting: features that the platform may not send, and a lost comparison.

    `comparison` is that of the run which made the model; one with another champion than the present says nothing.
    """
    if champion is None:
        return []
    found = []
    alien = [name for name in features if name not in champion_features]
    if alien:
        rest = f" and {len(alien) - NAMED} more" if len(alien) > NAMED else ""
        found.append(
            f"{len(alien)} of its {len(features)} features are unknown to the champion: "
            f"{', '.join(alien[:NAMED])}{rest}. Where the platform does not send them, they count as missing."
        )
    if comparison and comparison.get("champion_version") == champion and comparison.get("verdict") == "worse":
        found.append(
            f"On the same rows it was worse than the champion: average precision {comparison['challenger']:.3f} "
            f"against {comparison['champion']:.3f}."
        )
    return found
