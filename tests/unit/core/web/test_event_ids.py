"""Ids of events are 24 hexadecimal digits, never the same twice, not in a process that was forked, either."""

import os
import threading

from core.web.event_ids import event_id


def test_ids_are_new_in_threads_and_in_children() -> None:
    found: list[str] = [event_id()]
    threads = [threading.Thread(target=lambda: found.extend(event_id() for _ in range(2000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 8001
    assert {len(one) for one in found} == {24}
    assert all(int(one, 16) >= 0 for one in found)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, event_id().encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 24).decode() not in {event_id() for _ in range(300)}
    os.close(reading)
    os.close(writing)
