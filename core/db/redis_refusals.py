"""Tells from an error of Redis whether it answers but refuses: full, read-only, busy, without a slot, and so on.

redis-py gives some codes a class of their own and takes them out of the text; others stay at its beginning, behind the
command of a pipeline, or within what a script says. So it is decided by class and by text. Redis 6.2 and newer.
"""

import re

import redis
from redis import exceptions

# Classes whose code redis-py takes out of the text, and that code.
_CLASSES: dict[type[Exception], str] = {
    exceptions.OutOfMemoryError: "OOM",
    exceptions.ReadOnlyError: "READONLY",
    exceptions.NoPermissionError: "NOPERM",
    exceptions.BusyLoadingError: "LOADING",
    exceptions.AuthenticationError: "NOAUTH",
    exceptions.MasterDownError: "MASTERDOWN",
    exceptions.ClusterDownError: "CLUSTERDOWN",
    exceptions.TryAgainError: "TRYAGAIN",
    exceptions.MovedError: "MOVED",  # a URL of one server that leads to a node of a cluster
    exceptions.AskError: "ASK",
}
# A key that is ours and holds something else, or a server without our commands, is as little use as a full one.
_CODES = "OOM|READONLY|NOREPLICAS|NOPERM|NOAUTH|BUSY|LOADING|MISCONF|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|DENIED|WRONGTYPE"
_CODE = re.compile(rf"(?:^|-|: )({_CODES}) ")
# What scripts of Redis 6.2 and 7 say without a code.
_SAYINGS = (
    ("the user executing the script can't", "NOPERM"),
    ("acl failure in script", "NOPERM"),
    ("write commands against a read only replica", "READONLY"),
    ("you can't write against a read only", "READONLY"),
    ("unknown command", "ERR"),
)
_EXHAUSTED = "TTL exhausted."  # what redis-py makes of TRYAGAIN after sixteen tries
_PIPELINE = "of pipeline caused error: "
# A connection leads to the server that refuses: after a failover the address may lead elsewhere.
ELSEWHERE = frozenset({"READONLY", "MASTERDOWN", "MOVED", "ASK"})


def code(error: Exception) -> str:
    """The code by which Redis refuses; empty when the error is another."""
    if _EXHAUSTED in str(error):
        return "TRYAGAIN"
    for kind, known in _CLASSES.items():
        if isinstance(error, kind):
            return getattr(error, "status_code", None) or known
    if not isinstance(error, redis.ResponseError):
        return ""
    said = _said(error)
    if found := _CODE.search(said):
        return found[1]
    return next((known for words, known in _SAYINGS if words in said.lower()), "")


def reason(error: Exception) -> str:
    """What is wrong, beginning with the code when there is one; one line of at most 200 characters."""
    known, said = code(error), " ".join(_said(error).split()).replace(_EXHAUSTED, "keys of a slot are on the move")
    return (said if not known or known in said.split() else f"{known} {said}")[:200].rstrip(".")


def _said(error: Exception) -> str:
    """The server's own words, without the command of ours that a pipeline puts before them."""
    return str(error).rpartition(_PIPELINE)[2]
