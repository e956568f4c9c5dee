"""Profiles as processes report them, written in the folded form: `shop.view;shop.price 12`; library functions have a
capital (`Flask.call`).
"""

from collections.abc import Sequence
from typing import Any

from core.events.performance.profile import Profile


def event(key: str, at: float, folded: Sequence[str], **more: Any) -> Profile:
    """One event of service shop, endpoint GET /cart."""
    frames: dict[str, int] = {}
    stacks, counts = [], []
    for line in folded:
        stack, _, count = line.rpartition(" ")
        stacks.append([frames.setdefault(name, len(frames)) for name in stack.split(";")])
        counts.append(int(count))
    own = [place for name, place in frames.items() if not name[:1].isupper()]
    given = {"service": "shop", "route": "/cart", "method": "GET", "version": "v1"} | more
    return Profile(
        id=key, timestamp=at // 60 * 60, frames=list(frames), own=own, stacks=stacks, counts=counts, **given
    )  # fmt: skip
