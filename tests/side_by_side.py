"""`--processes N`: all tests are collected once, and N copies of that process run them side by side, a file at a time.

xdist's workers each collect every test, which is a minute of work before the first one runs; a forked copy has it all.
The parent hands out files and chains (`tests.longest_first.unit`) in their order, and tells the rest of pytest what the
copies report. A copy that dies costs the test that it ran; another one goes on with the rest of its file.
"""

import os
import traceback
import warnings
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from signal import SIGINT
from typing import Any, NoReturn

import pytest

from tests.longest_first import unit

Share = list[int]  # what one copy takes at once: places of tests in the session's list


class _Gateway:
    def __init__(self, number: int) -> None:
        self.id = f"p{number}"


class Copy:
    """A forked process, as the parent knows it; `node` names it to plugins that know xdist's workers."""

    def __init__(self, number: int, pid: int, connection: Connection) -> None:
        self.number, self.pid, self.connection = number, pid, connection
        self.gateway = _Gateway(number)
        self._workerinfocache = ""  # the line above a failure
        self.share: Share = []
        self.running: int | None = None
        self.ended = False


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """In place of pytest's own loop, where `--processes` is given."""
    count = int(session.config.getoption("processes") or 0)
    if not count or session.config.option.collectonly or session.testsfailed:
        return None
    keyed = groupby(range(len(session.items)), lambda place: unit(session.items[place].nodeid))
    Parent(session, deque([list(places) for _, places in keyed])).run(count)
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    return True


class Parent:
    """Hands out `shares` and passes on what is reported."""

    def __init__(self, session: pytest.Session, shares: deque[Share]) -> None:
        self._session, self._shares = session, shares
        self._folder: Path = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        self._copies: dict[Connection, Copy] = {}
        self._made = 0

    def run(self, count: int) -> None:
        """Until all is done, in `count` copies."""
        try:
            for _ in range(min(count, len(self._shares))):
                self._fork()
            while self._copies:
                for connection in wait(list(self._copies)):
                    assert isinstance(connection, Connection)
                    self._hear(self._copies[connection])
        finally:
            for copy in self._copies.values():
                with suppress(ProcessLookupError):
                    os.kill(copy.pid, SIGINT)
            for copy in self._copies.values():
                os.waitpid(copy.pid, 0)

    def _fork(self) -> None:
        ours, its = Pipe()
        self._made += 1
        pid = os.fork()
        if pid:
            its.close()
            self._copies[ours] = Copy(self._made, pid, ours)
        else:
            ours.close()
            for other in self._copies:
                other.close()
            _be_a_copy(self._session, its, self._folder / f"process-{self._made}")

    def _hear(self, copy: Copy) -> None:
        try:
            what, said = copy.connection.recv()
        except (EOFError, ConnectionResetError):
            self._bury(copy)
            return
        hook, config = self._session.config.hook, self._session.config
        if what == "next":
            over = self._session.shouldfail or self._session.shouldstop or not self._shares
            following = [] if over else self._shares.popleft()
            copy.share += following
            copy.connection.send(following)
        elif what == "begins":
            copy.running = said
        elif what == "report":
            report = hook.pytest_report_from_serializable(config=config, data=said)
            report.node = copy
            hook.pytest_runtest_logreport(report=report)
        elif what == "warning":
            hook.pytest_warning_recorded.call_historic(kwargs=said)
        else:
            copy.ended = True

    def _bury(self, copy: Copy) -> None:
        """A copy has ended; what it leaves undone is handed out anew, but for the test that it died of."""
        _, status = os.waitpid(copy.pid, 0)
        copy.connection.close()
        del self._copies[copy.connection]
        if copy.ended:
            return
        place = copy.running if copy.running is not None else copy.share[0]
        item = self._session.items[place]
        why = f"the process that ran it ended ({os.waitstatus_to_exitcode(status)})"
        died = pytest.TestReport(item.nodeid, item.location, {}, "failed", why, "call", node=copy)
        self._session.config.hook.pytest_runtest_logreport(report=died)
        left = copy.share[copy.share.index(place) + 1 :]
        keyed = groupby(left, lambda one: unit(self._session.items[one].nodeid))
        self._shares.extendleft(reversed([list(places) for _, places in keyed]))
        if self._shares:
            self._fork()


class Relay:
    """In a copy: sends the parent what pytest is told."""

    def __init__(self, config: pytest.Config, connection: Connection) -> None:
        self._config, self._connection = config, connection

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._connection.send(("report", data))

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: Any
    ) -> None:
        plain = warnings.WarningMessage(
            UserWarning(f"{warning_message.category.__name__}: {warning_message.message}"),
            UserWarning, warning_message.filename, warning_message.lineno,
        )  # fmt: skip
        kept = {"warning_message": plain, "when": when, "nodeid": nodeid, "location": location}
        self._connection.send(("warning", kept))


def _be_a_copy(session: pytest.Session, connection: Connection, folder: Path) -> NoReturn:
    """What a forked process does, to its end."""
    status = 1
    try:
        _settle(session.config, folder)
        session.config.pluginmanager.register(Relay(session.config, connection))
        _work(session, connection)
        connection.send(("ended", None))
        status = 0
    except BaseException:
        traceback.print_exc()
        session._setupstate.teardown_exact(None)
    finally:
        os._exit(status)


def _settle(config: pytest.Config, folder: Path) -> None:
    """Files of its own for what is captured and for temporary directories, and no word to the terminal."""
    capture = config.pluginmanager.getplugin("capturemanager")
    capture.read_global_capture()
    capture.stop_global_capturing()
    capture.start_global_capturing()
    capture.suspend_global_capture()
    folder.mkdir()
    config._tmp_path_factory._basetemp = folder  # type: ignore[attr-defined]
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None:
        reporter._tw._file = Path(os.devnull).open("w")  # noqa: SIM115 - as long as the process


def _work(session: pytest.Session, connection: Connection) -> None:
    """Runs what the parent hands out; the next share is known before a share ends, as fixtures need it."""

    def following() -> Sequence[int]:
        connection.send(("next", None))
        share: Share = connection.recv()
        return share

    share = following()
    while share:
        coming: Sequence[int] = []
        for position, place in enumerate(share):
            last = position + 1 == len(share)
            if last:
                coming = following()
            then = coming[0] if last and coming else None if last else share[position + 1]
            item = session.items[place]
            connection.send(("begins", place))
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None if then is None else session.items[then])
        share = coming
