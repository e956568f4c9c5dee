"""A thread knows which request it answers, and a forked process answers none."""

import os
import threading

from core import serving
from core.serving import Serving, current


def test_each_thread_has_its_own() -> None:
    mine, others = Serving("api", "GET", "/a"), []
    serving.by_thread[threading.get_ident()] = mine
    try:
        thread = threading.Thread(target=lambda: others.append(current()))
        thread.start()
        thread.join()
        assert current() is mine
    finally:
        del serving.by_thread[threading.get_ident()]
    assert others == [None]
    assert current() is None


def test_a_forked_process_serves_nothing_of_its_parents() -> None:
    serving.by_thread[threading.get_ident()] = Serving("api", "GET", "/a")
    child = os.fork()
    if child == 0:
        os._exit(0 if current() is None else 1)
    try:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        del serving.by_thread[threading.get_ident()]
