"""Stacks of other threads are read while these go on: in a process of its own, as a mistake may end it."""

import subprocess
import sys

from tests.tree import ROOT

LEFT_MEANWHILE = """
import gc, sys, threading, time
from core.serving import Serving
from core.web.watcher import Watcher

waiting, go, gone, over = (threading.Event() for _ in range(4))

def inner():
    waiting.set()
    go.wait()

def outer():
    inner()

def work():
    watcher.enter({}, Serving("api", "GET", "/a"), 0.0)
    outer()
    gone.set()
    after([object() for _ in range(50)], 1, 2, 3)

def after(one, two, three, four):
    over.wait()

def collected(phase, _):  # runs where garbage is collected, as a finalizer does, and gives way to the other thread
    if threading.current_thread() is threading.main_thread() and not go.is_set():
        go.set()
        gone.wait(5)
        time.sleep(0.1)

class Walk:
    every_seconds = from_seconds = 0.0

    def __call__(self, in_flight, frames):
        gc.set_threshold(1)
        frame, found = frames[in_flight[0].thread], []
        while frame is not None:
            found.append(frame.f_code.co_name)
            frame = frame.f_back
        print(found[-5:-3], go.is_set())

watcher = Watcher()
watcher.samplers.append(Walk())
threading.Thread(target=work, daemon=True).start()
waiting.wait()
gc.callbacks.append(collected)
watcher.tick(0.0)
gc.callbacks.clear()
print(gc.isenabled())
gc.disable()
watcher.tick(1.0)
print(gc.isenabled())
"""


def test_no_thread_leaves_a_function_while_its_frame_is_made() -> None:
    """Else the frame leads into memory that is used for something else: a crash, or an attribute that is not there."""
    done = subprocess.run([sys.executable, "-c", LEFT_MEANWHILE], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout
    first, enabled, _, still_off = done.stdout.splitlines()
    assert first.endswith("False"), "nothing was collected meanwhile"
    assert (enabled, still_off) == ("True", "False")
