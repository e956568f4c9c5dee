"""What may be the id of a transaction, and where to ask the monitoring API for one. Pure.

An id is any text that an event may carry: slashes, blanks, signs of every kind. It is compared letter by letter, never
cut or tidied, so whatever was accepted is found again.
"""

import re

MOST = 200  # characters, as in `core.events.base.Key`
ADDRESS = "/api/v1/transaction"  # with `?id=`: `..` and what ends in `/similar` would mean something else in a path
_FORM = re.compile(rf"[^\x00-\x1f\x7f]{{1,{MOST}}}")


def is_id(text: str) -> bool:
    """Whether an event with this id is taken."""
    return _FORM.fullmatch(text) is not None
