"""What R's `write.table` writes by default: values parted by spaces, and names of rows for which the header has none.

Its names and words are quoted, which tells such a file from one whose rows have a value too many. Pure.
"""

import re
from collections.abc import Sequence

_QUOTED = re.compile(r'"[^"]*"(?:(.)"[^"]*")(?:\1"[^"]*")*+$')


def is_spaced(header: str) -> bool:
    """Whether a header line is one of quoted names, with one space between them."""
    found = _QUOTED.match(header.rstrip("\r\n"))
    return found is not None and found[1] == " "


def names_rows(text: str, header: Sequence[str], first: Sequence[str]) -> bool:
    """Whether the first row has a name before its values: it is one longer than the header, and both are quoted."""
    if len(first) != len(header) + 1 or not first[-1].strip():
        return False
    lines = text.lstrip("\r\n").split("\n", 2)
    return bool(_QUOTED.match(lines[0].rstrip("\r"))) and lines[1].startswith('"')
