"""The process and its machine are measured, and a thread's CPU is known while it lives."""

import threading
import time

from core.web.outliers import machine


def test_a_thread_has_a_cpu_clock_of_its_own_as_long_as_it_lives() -> None:
    gate, ready = threading.Event(), threading.Event()

    def work() -> None:
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass
        ready.set()
        gate.wait(60)

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait(60)
    native = machine.native_ids().get(thread.ident or 0)
    used = machine.thread_cpu(native)
    gate.set()
    thread.join()
    if native is None:  # a system without such clocks
        assert used is None
        return
    assert used is not None
    assert used >= 0.04
    assert machine.thread_cpu(None) is None
    assert machine.thread_cpu(2**22 + 5) is None, "no such thread"


def test_what_is_measured_is_of_this_process() -> None:
    found = machine.measure(0.5, lambda: 4, {"postgres": lambda: (2, 16)})
    assert (found.cpu, found.queue) == (0.5, 4)
    assert [(one.name, one.used, one.most) for one in found.pools] == [("postgres", 2, 16)]
    assert (found.memory_bytes or 0) > 10**6
    assert (found.threads or 0) >= 1
    assert machine.measure(None, None, {}).queue is None
