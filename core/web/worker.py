"""Gunicorn's threaded worker behind a waiting room: a thread gets a request when its head and body are there whole.

The main thread gathers what clients send and sends what they are slow to read; a thread that has answered lets its
connection wait for the next request itself. Gunicorn's parser and response are as they were. Deadlines, a least rate
and a number of connections for each address bound what a client can hold (`[connections]` of limits.toml), and where
everything is full, whoever has waited longest goes.
"""

import errno
import selectors
import socket
import time
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any

from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from core import settings
from core.config import ConnectionsConfig
from core.web import open_files
from core.web.client import networks, within
from core.web.connection import Connection, Patience, Tally, Wait
from core.web.error_answers import ErrorAnswers
from core.web.flat_config import FlatConfig
from core.web.heartbeat import Heartbeat
from core.web.intake import Intake
from core.web.raw_problem import raw
from core.web.request_threads import RequestThreads
from core.web.seats import Seats
from core.web.spool import Room
from core.web.worker_load import WorkerLoad

PIECE = 64 * 1024
SWEEP_SECONDS = 0.25
STOP_SECONDS = 2.0  # how long a stopping worker keeps connections that ask for nothing


class WholeWorker(Heartbeat, ErrorAnswers, Seats, ThreadWorker):  # type: ignore[misc]
    """`worker_class = "core.web.worker.WholeWorker"`."""

    cfg: Any

    @classmethod
    def check_config(cls, cfg: Config, log: Any) -> None:
        """Raises ValueError for TLS, which ends at the proxy in front."""
        if cfg.is_ssl:
            raise ValueError("Gatehouse speaks plain HTTP: TLS ends at the proxy in front (docs/operations.md)")
        super().check_config(cfg, log)

    def init_process(self) -> None:
        """Set up in the worker's process."""
        known = settings.load()
        limits = known.config.limits
        self._limits: ConnectionsConfig = limits.connections
        self._patience = Patience(
            self.cfg.keepalive,
            self._limits.head_seconds,
            self._limits.body_seconds,
            self._limits.answer_seconds,
            self._limits.least_bytes_per_second,
        )
        self._room = Room(self._limits.waiting_bytes)
        self._trusted = networks(limits.trusted_proxies)
        allowed = networks(limits.allow_networks)
        self._tally = Tally(self._limits.per_address, lambda address: within(address, allowed))
        self._waiting: dict[Connection, None] = {}
        self._arming = Lock()  # whether a connection waits, and whether the poller has it, change together
        self._default_most = limits.max_body_bytes
        self._swept = self._stopped = 0.0
        self.cfg = FlatConfig(self.cfg)
        self.load = WorkerLoad(self.cfg.threads)
        self.worker_connections = open_files.connections(self.cfg.worker_connections)
        try:
            super().init_process()
        finally:  # however the main loop ends: threads that wait would keep the process
            if self.tpool is not None:
                self.tpool.shutdown()

    # What gunicorn's main loop calls.

    def accept(self, listener: Any) -> None:
        """Take a connection; it waits for its client."""
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._drop_oldest()
            return
        sock.setblocking(False)
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        intake = partial(Intake, self.cfg, client, self._room, self._most_body)
        conn = Connection(sock, client, listener.getsockname(), intake, self._room)
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._drop_oldest()
        peer = client[0] if isinstance(client, tuple) else ""
        conn.proxied = within(peer, self._trusted)
        if conn.proxied or self._seat(conn, peer):
            self._listen(conn, Wait.NEW)

    def get_thread_pool(self) -> RequestThreads:
        """As gunicorn asks for it."""
        return RequestThreads(
            self.cfg.threads, self.handle, self._waits_again, self.method_queue.defer, self._take_back
        )

    def murder_keepalived(self, force: bool = False) -> None:
        """Close what has waited too long; called by every turn of the loop."""
        now = time.monotonic()
        if not self.alive and not self._stopped:
            self._stopped = now
        if now - self._swept < SWEEP_SECONDS and not force:
            return
        self._swept = now
        for conn in list(self._waiting):
            quiet = conn.wait in (Wait.IDLE, Wait.NEW)
            if force:
                self._drop(conn)
            elif now > (min(conn.until, self._stopped + STOP_SECONDS) if quiet and self._stopped else conn.until):
                self._give_up(conn)

    def handle(self, conn: Connection) -> Any:
        """Serve the request that is there whole; in a thread."""
        queued, conn.queued = conn.queued, 0.0
        self.load.begin(queued)
        try:
            keeps = super().handle(conn)
        finally:
            self.load.end()
        conn.sock.push()
        if keeps:
            conn.next_request()
        return keeps

    def _waits_again(self, conn: Connection) -> bool:
        """Whether an answered connection waits for its next request now; in a thread, so that the main one sleeps on.
        Raises OSError when the client is gone.
        """
        if not conn.keeps or conn.intake.begun or not conn.sock.push():
            return False
        if conn.proxied:
            self._tally.remove(conn)
        with self._arming:
            if conn.events == selectors.EVENT_READ:
                conn.move_to(Wait.IDLE, time.monotonic(), self._patience)
                self._waiting[conn] = None
                return True
        return False

    # A connection's way, in the main thread.

    def _take_back(self, conn: Connection) -> None:
        """A thread is done with a connection's request."""
        if conn.failure is None:
            self._guarded(self._go_on, conn)
        else:
            self.log.debug("Closing connection. %s", conn.failure)
            self._drop(conn)

    def _guarded(self, step: Callable[[Connection], None], conn: Connection) -> None:
        """Whatever goes wrong with one connection ends that one, and not the loop."""
        try:
            step(conn)
        except Exception:
            self.log.exception("Closing a connection")
            self._drop(conn)

    def _ready(self, conn: Connection, _: Any) -> None:
        """Something came of a connection, or can leave for it."""
        with self._arming:
            if is_served := conn.wait is Wait.WORK:
                self._ignore(conn)  # until its request is answered
        if not is_served:
            self._guarded(self._writable if conn.wait is Wait.ANSWER else self._readable, conn)

    def _readable(self, conn: Connection) -> None:
        try:
            data = conn.socket.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(conn)
        elif conn.wait is not Wait.LINGER:  # then it is read only to be forgotten
            conn.intake.feed(data)
            self._consider(conn)

    def _consider(self, conn: Connection) -> None:
        """Bytes came: the request is there whole, or there is more to wait for."""
        if not conn.owner and conn.intake.request is not None and not self._seat_client(conn):
            return
        if conn.intake.whole:
            self._work(conn)
            return
        if conn.intake.expects_continue:
            conn.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            conn.sock.push()
        wait = Wait.HEAD if conn.intake.request is None else Wait.BODY
        if conn not in self._waiting:
            self._listen(conn, wait)
        elif conn.wait is Wait.NEW and wait is Wait.HEAD:
            conn.wait = wait  # a new connection's time for its head counts from its opening
        else:
            conn.move_to(wait, time.monotonic(), self._patience)

    def _work(self, conn: Connection) -> None:
        if conn in self._waiting:
            self._forget(conn)
        conn.wait = Wait.WORK
        conn.queued = time.monotonic()
        self.tpool.put(conn)

    def _go_on(self, conn: Connection) -> None:
        """The application has answered: send the rest, then wait for the next request or close."""
        if not conn.sock.push():
            self._listen(conn, Wait.ANSWER)
        elif not conn.keeps:
            self._linger(conn)
        else:
            if conn.proxied:
                self._tally.remove(conn)
            if conn.intake.begun:
                self._consider(conn)
            else:
                self._listen(conn, Wait.IDLE)

    def _writable(self, conn: Connection) -> None:
        try:
            done = conn.sock.push()
        except OSError:
            self._drop(conn)
            return
        if done:
            self._forget(conn)
            self._go_on(conn)
        else:
            conn.move_to(Wait.ANSWER, time.monotonic(), self._patience)

    def _listen(self, conn: Connection, wait: Wait) -> None:
        conn.move_to(wait, time.monotonic(), self._patience)
        events = selectors.EVENT_WRITE if wait is Wait.ANSWER else selectors.EVENT_READ
        if conn.events != events:  # what is served stays with the poller, which it costs two calls to leave and to join
            self._ignore(conn)
            self.poller.register(conn.socket, events, partial(self._ready, conn))
            conn.events = events
        self._waiting[conn] = None

    def _ignore(self, conn: Connection) -> None:
        if conn.events:
            conn.events = 0
            self.poller.unregister(conn.socket)

    def _linger(self, conn: Connection) -> None:
        """Close so that the client can read the answer to its end, though not all it sent was read."""
        try:
            conn.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        self._listen(conn, Wait.LINGER)

    def _give_up(self, conn: Connection) -> None:
        if conn.wait in (Wait.HEAD, Wait.BODY):
            self._refuse(conn, 408, f"Timed out waiting for {conn.wait.value}.")
        else:
            self._drop(conn)

    def _refuse(self, conn: Connection, status: int, detail: str) -> None:
        """Say why and close; what the client does not take at once is lost."""
        try:
            conn.sock.drop()
            conn.sock.sendall(raw(status, detail))
            conn.sock.push()
        except OSError:
            pass
        if conn in self._waiting:
            self._forget(conn)
        conn.sock.drop()
        self._linger(conn)

    def _drop(self, conn: Connection) -> None:
        if conn in self._waiting:
            self._forget(conn)
        if conn.socket.fileno() < 0:
            return  # dropped before, to make room, by what another's event of this turn wanted
        self._ignore(conn)
        self._tally.remove(conn)
        self.nr_conns -= 1
        conn.close()

    def _forget(self, conn: Connection) -> None:
        del self._waiting[conn]
