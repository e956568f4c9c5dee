"""Work on what strangers send, in a process of its own: bounded time, memory and output, and no secrets.

`call(function, content, …)` runs a function of ours, found by its name, in a fresh interpreter. The caller's thread
only waits, with a deadline, and holds no lock; whatever the content does to the child, the caller gets the function's
result, the BadInput that it raised, or a BadInput that names the limit. Content and result are files without a name,
which are gone with the processes. Not more than `Bounds.at_once` children run for one process: the next is refused at
once, so that files never take the last request threads.
"""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any, BinaryIO, NoReturn, TypeVar, cast, get_type_hints

import msgspec
from msgspec import Struct

from core.config import UploadsConfig
from core.errors import BadInput, ReadersBusy
from core.settings import inherited
from core.startup import paused_gc

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1_048_576
START_SECONDS = 15.0  # an interpreter starts within this on a machine that has other work, too
TAIL = 2000  # characters of what a dying child said that are logged
_KEPT = ("PATH", "TZ", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "LD_PRELOAD", "FAKETIME", "HOME")
_ALONE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_ARENA_MAX"), "1")
_running = 0
_counting = threading.Lock()


class Bounds(Struct, frozen=True):
    """What one call may take: seconds of CPU and of waiting, bytes of memory and of its result; calls at a time."""

    seconds: float
    memory: int
    output: int
    at_once: int


def reading(config: UploadsConfig) -> Bounds:
    """What reading labels or a series may take, for which a person waits."""
    megabytes = config.read_memory_mb * MEGABYTE, config.result_mb * MEGABYTE
    return Bounds(config.read_seconds, *megabytes, config.readers)


def looking(config: UploadsConfig) -> Bounds:
    """What a look at a training file may take, which a training worker has."""
    megabytes = config.look_memory_mb * MEGABYTE, config.result_mb * MEGABYTE
    return Bounds(config.look_seconds, *megabytes, config.readers)


class _Answer(Struct):
    """What a child says: a value, or what was wrong."""

    value: Any = None
    field: str = ""
    reason: str = ""
    limit: str = ""


def call(target: Callable[..., T], content: bytes | BinaryIO, *arguments: Any, bounds: Bounds, what: str = "file") -> T:
    """`target(content, *arguments)` in a child; `what` is the field of a BadInput about a limit.

    The function is one of a module's, with types that msgspec reads back. Raises BadInput, and ReadersBusy.
    """
    _enter(bounds.at_once)
    try:
        with TemporaryFile() as given, TemporaryFile() as made, TemporaryFile() as said:
            _write(given, content, arguments)
            code = _run(f"{target.__module__}:{target.__qualname__}", bounds, given, made, said)
            return cast(T, _result(code, target, made, said, bounds, what))
    finally:
        _leave()


def running() -> int:
    """How many children of this process run now."""
    return _running


def _enter(most: int) -> None:
    global _running
    with _counting:
        if _running >= most:
            raise ReadersBusy(f"{most} files are being read")
        _running += 1


def _leave() -> None:
    global _running
    with _counting:
        _running -= 1


def _write(given: Any, content: bytes | BinaryIO, arguments: tuple[Any, ...]) -> None:
    head = msgspec.msgpack.encode(arguments)
    given.write(len(head).to_bytes(8, "big") + head)
    if isinstance(content, bytes):
        given.write(content)
    else:
        copyfileobj(content, given, MEGABYTE)
    given.flush()
    given.seek(0)


def _run(name: str, bounds: Bounds, given: Any, made: Any, said: Any) -> int | None:
    """The child's exit code; None when its time was over. It is gone in any case."""
    environ = inherited()
    child = subprocess.Popen(
        [sys.executable, "-m", "core.bounded_process", name, msgspec.json.encode(bounds).decode()],
        stdin=given,
        stdout=made,
        stderr=said,
        cwd=ROOT,
        env={name: environ[name] for name in _KEPT if name in environ} | _ALONE,
        start_new_session=True,
    )
    try:
        return child.wait(timeout=bounds.seconds + START_SECONDS)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _result(code: int | None, target: Callable[..., Any], made: Any, said: Any, bounds: Bounds, what: str) -> Any:
    if code is None or code in (-signal.SIGXCPU, -signal.SIGALRM):
        raise _over(bounds, what, "time")
    if made.seek(0, os.SEEK_END) > bounds.output:
        raise _over(bounds, what, "output")
    made.seek(0)
    if code == 0:
        answer = msgspec.msgpack.decode(made.read(), type=_Answer)
        if answer.limit:
            raise _over(bounds, what, answer.limit)
        if answer.reason:
            raise BadInput(answer.field, answer.reason)
        kind = get_type_hints(target)["return"]
        return msgspec.convert(answer.value, kind, dec_hook=_array_of)
    from core import log  # half of a child's start, and a child logs nothing

    said.seek(max(0, said.seek(0, os.SEEK_END) - TAIL))
    log.get(__name__).error("a child that read a file ended", code=code, said=said.read().decode("utf-8", "replace"))
    if code < 0:  # a library that gets no memory aborts, and so does the kernel with whoever takes too much
        raise _over(bounds, what, "memory")
    raise RuntimeError(f"{target.__qualname__} failed in its child; the log has more")


def _over(bounds: Bounds, what: str, limit: str) -> BadInput:
    says = {
        "time": f"takes longer than {bounds.seconds:g} s to read, the limit; split it",
        "memory": f"needs more than {bounds.memory // MEGABYTE:,} MiB of memory to read, the limit; split it",
        "output": f"holds more than fits into {bounds.output // MEGABYTE:,} MiB when read, the limit; split it",
    }
    return BadInput(what, says[limit])


def _array(value: Any) -> Any:
    """A numpy array, or one of its numbers, as msgpack takes it."""
    if type(value).__module__ != "numpy":
        raise TypeError(f"{type(value).__name__} cannot be handed over")
    return value.item() if value.shape == () else (value.dtype.str, value.shape, value.tobytes())


def _array_of(_: Any, value: Any) -> Any:
    import numpy as np  # only where arrays come back

    kind, shape, data = value
    return np.frombuffer(data, np.dtype(kind)).reshape(shape)


def main() -> NoReturn:
    """The child: `python -m core.bounded_process module:function bounds`, arguments and content on standard input."""
    bounds = msgspec.json.decode(sys.argv[2], type=Bounds)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part of the result
    source = os.fdopen(0, "rb")
    size = os.fstat(0).st_size
    seconds = max(1, round(bounds.seconds))
    limits = [
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_FSIZE, *[max(bounds.output, size) + 1] * 2),
        (resource.RLIMIT_AS, *[bounds.memory] * 2),
    ]
    for kind, soft, hard in limits:
        try:
            resource.setrlimit(kind, (soft, hard))
        except (ValueError, OSError) as error:  # a system that does not know this limit keeps the others
            sys.stderr.write(f"limit {kind}: {error}\n")
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    answer = _Answer(limit="memory")
    try:
        module, _, name = sys.argv[1].partition(":")
        with paused_gc():
            target = getattr(import_module(module), name)
        kinds = list(get_type_hints(target).values())[1:-1]
        given = msgspec.msgpack.decode(source.read(int.from_bytes(source.read(8), "big")), type=list[Any])
        arguments = [msgspec.convert(value, kind) for value, kind in zip(given, kinds, strict=False)]
        signal.setitimer(signal.ITIMER_REAL, bounds.seconds)  # also when whoever waits is gone
        answer = _Answer(target(source.read(), *arguments))
    except BadInput as error:
        answer = _Answer(field=error.field, reason=error.reason or "cannot be read")
    except MemoryError:
        pass
    try:
        packed = msgspec.msgpack.encode(answer, enc_hook=_array)
    except MemoryError:
        packed = msgspec.msgpack.encode(_Answer(limit="memory"))
    out.write(packed if len(packed) <= bounds.output else msgspec.msgpack.encode(_Answer(limit="output")))
    out.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
