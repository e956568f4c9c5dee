"""`python -m tests.faults.lives`: lives of an alert worker, forked one after another, each to be killed or to end.

A line of JSON on standard input is a life; the answer says how it ended. Everything is loaded before the first fork, so
that a life costs milliseconds; connections are made in the child only. Time is the caller's: a life evaluates and
delivers `rounds` times, `step` seconds of its own time apart.
"""

import json
import os
import random
import signal
import sys
import time
from dataclasses import replace

from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import Evaluator
from alerts.notify.delivery import Deliver
from core import log, settings
from core.settings import Settings
from core.stores import Stores, assemble
from core.web.metrics import Metrics

LIFE_SECONDS = 30.0


def main() -> int:
    """Answer lives until standard input ends."""
    known = settings.load()
    rules = ruleset.load(known)
    log.setup("lives", level=50)
    stores = assemble(known)  # opens nothing until it is used, which happens in the children only
    deliver = Deliver(known, stores, Metrics())
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            live(replace(known, failpoint=str(asked["armed"])), stores, rules, deliver, asked)
        print(json.dumps({"ended": _await(pid, asked.get("kill_after"))}), flush=True)
    return 0


def live(
    known: Settings, stores: Stores, rules: ruleset.Rules, deliver: Deliver, asked: dict[str, float | int | str]
) -> None:
    """One life, in a process of its own; it never returns."""
    code = 1
    try:
        evaluator = Evaluator(known, stores, rules, f"life-{os.getpid()}-{asked['now']}")
        deliver.armed, deliver.worker = known.failpoint, f"life-{os.getpid()}"
        random.seed(asked["seed"])
        random.shuffle(deliver.lanes)
        now = float(asked["now"])
        deliver.publish(now)
        for _ in range(int(asked["rounds"])):
            evaluator.step(now)
            deliver.step(now)
            now += float(asked["step"])
        code = 0
    except BaseException as error:
        print(f"{error.__class__.__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(code)


def _await(pid: int, kill_after: float | None) -> str:
    """Wait, and kill -9 after so many seconds when asked to."""
    deadline = time.monotonic() + (LIFE_SECONDS if kill_after is None else kill_after)
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return "killed" if code == -signal.SIGKILL else "whole" if code == 0 else f"failed {code}"
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return "killed" if kill_after is not None else "hung"
        time.sleep(0.001)


if __name__ == "__main__":
    sys.exit(main())
