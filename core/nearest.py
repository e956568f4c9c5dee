"""The known name that a misspelt one probably means: `PriceDeviation` → `price_deviation`. Pure.

Names are compared without case, accents and signs between words; then those that share most pairs of letters are
measured by `difflib`; then by whole words. What is far from every known name has no nearest.
"""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

CLOSE = 0.7  # of difflib's ratio, 0..1
CANDIDATES = 5
MOST_KEPT = 2000
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_PREFIX = 4  # letters from which one name that begins with the other is meant by it


class Known:
    """The names that there are."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self._folded: dict[str, str] = {}
        for name in sorted(self.names):
            self._folded.setdefault(_fold(name), name)
        self._pairs = {folded: _pairs(folded) for folded in self._folded}
        self._words = {name: _words(name) for name in self.names}
        self._found: dict[str, str | None] = {}

    def nearest(self, name: str) -> str | None:
        """The known name that is probably meant; None when none is close."""
        if name not in self._found:
            if len(self._found) >= MOST_KEPT:
                self._found.clear()
            self._found[name] = self._look_for(name)
        return self._found[name]

    def _look_for(self, name: str) -> str | None:
        folded = _fold(name)
        if not folded or folded in self._folded:
            return self._folded.get(folded)
        pairs = _pairs(folded)
        shared = sorted(((len(pairs & own), known) for known, own in self._pairs.items()), reverse=True)
        best = max(
            ((_likeness(folded, known), known) for count, known in shared[:CANDIDATES] if count), default=(0.0, "")
        )
        if best[0] >= CLOSE:
            return self._folded[best[1]]
        words = _words(name)
        within = [known for known, own in self._words.items() if own and words and (words <= own or own <= words)]
        return within[0] if len(within) == 1 else None


def _likeness(one: str, other: str) -> float:
    short, long = sorted((one, other), key=len)
    if len(short) >= _PREFIX and long.startswith(short):
        return max(CLOSE, SequenceMatcher(None, one, other).ratio())
    return SequenceMatcher(None, one, other).ratio()


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in plain if char.isalnum())


def _words(name: str) -> frozenset[str]:
    """The words that a name is made of, `ipAddress` or `ip_address`, but `id`, which says little."""
    return frozenset(word.casefold() for word in _WORD.findall(name)) - {"id"}


def _pairs(folded: str) -> frozenset[str]:
    return frozenset(folded[at : at + 2] for at in range(len(folded) - 1)) or frozenset((folded,))
