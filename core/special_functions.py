"""SciPy's special functions, imported where they are first called: 0.2 s and 27 MB that few processes ever need."""

from typing import Any


def special() -> Any:
    """The module `scipy.special`."""
    from scipy import special as found

    return found
