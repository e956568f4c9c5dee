"""Runs a worker's duties, each on its own thread at its own pace, until it is told to stop."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from core import clock, log
from core.errors import Unreachable


@dataclass(frozen=True, slots=True)
class Task:
    """One duty. `run(now)` takes epoch seconds; `every`: seconds between starts, 0 when it waits by itself."""

    name: str
    every: float
    run: Callable[[float], object]


def start(
    tasks: list[Task], stop: threading.Event, failed: Callable[[str], None], daemon: bool = False
) -> list[threading.Thread]:
    """Start every task; `failed` is told the name of one that met an error (it is tried again).

    With `daemon` the process may end while a task is at work.
    """
    threads = [
        threading.Thread(target=_loop, args=(task, stop, failed), name=task.name, daemon=daemon) for task in tasks
    ]
    for thread in threads:
        thread.start()
    return threads


def _loop(task: Task, stop: threading.Event, failed: Callable[[str], None]) -> None:
    away = ""
    while not stop.is_set():
        began = time.monotonic()
        pause = task.every
        try:
            task.run(clock.now())
            if away:
                log.get(task.name).info("back to work")
                away = ""
        except Unreachable as error:
            failed(task.name)
            pause = max(pause, 0.5)
            if error.dependency != away:
                log.get(task.name).warning("waiting", reason=str(error))
                away = error.dependency
        except Exception:
            failed(task.name)
            pause = max(pause, 1.0)
            log.get(task.name).exception("failed; trying again")
        stop.wait(max(0.0, pause - (time.monotonic() - began)))
