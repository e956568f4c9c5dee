"""Redis clients whose commands are noted by name (`core/db/query_times.py`); a pipeline counts as one call."""

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

import redis
from redis.cluster import RedisCluster

from core.db.query_times import REDIS, WAIT, note

_BLOCKING = frozenset({"XREADGROUP", "XREAD", "BLPOP", "BRPOP", "BLMOVE", "BZPOPMIN", "BZPOPMAX"})


class TimedRedis(redis.Redis):
    """redis-py's client, timed."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run a command."""
        return timed(name_of(args), partial(super().execute_command, *args, **options), is_blocking(args))

    def pipeline(self, transaction: Any = True, shard_hint: Any = None) -> Any:
        """A pipeline that is timed when it is executed."""
        return _pipeline(super().pipeline(transaction, shard_hint))


class TimedCluster(RedisCluster):
    """redis-py's client of a cluster, timed."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run a command."""
        return timed(name_of(args), partial(super().execute_command, *args, **options), is_blocking(args))

    def pipeline(self, transaction: Any = None, shard_hint: Any = None) -> Any:
        """A pipeline that is timed when it is executed."""
        return _pipeline(super().pipeline(transaction, shard_hint))  # type: ignore[no-untyped-call]


def timed(name: str, run: Callable[[], Any], waits: bool = False, commands: int = 1) -> Any:
    """What `run` gives, noted under `name`."""
    began = perf_counter()
    try:
        found = run()
    except BaseException:
        note(WAIT if waits else REDIS, name, began, commands, True)
        raise
    note(WAIT if waits else REDIS, name, began, commands)
    return found


def name_of(args: Any) -> str:
    """The command's own word, and of XINFO and others the second one, too. Keys and values are in no name."""
    word = str(args[0]) if args else "(none)"
    return word if word.replace(" ", "").replace(".", "").isalpha() else "(other)"


def is_blocking(args: Any) -> bool:
    """Whether a command waits for something to come."""
    if not args or args[0] not in _BLOCKING:
        return False
    return args[0][0] == "B" or b"BLOCK" in args or "BLOCK" in args


def _pipeline(made: Any) -> Any:
    execute = made.execute

    def run(*args: Any, **options: Any) -> Any:
        stack = list(made.command_stack)
        words = sorted({name_of(one[0] if isinstance(one, tuple) else one.args) for one in stack})
        name = f"pipeline of {', '.join(words)}" if words else "pipeline"
        return timed(name[:100], partial(execute, *args, **options), commands=len(stack))

    made.execute = run
    return made
