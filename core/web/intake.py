"""One request of one connection, gathered as its bytes come, until its head and its body are there whole.

Gunicorn's parser alone decides what a request is. This only knows when there is enough to ask it, and gives it what
came and not a byte more: who reads a body can never wait for a client, even if this here were wrong.
"""

import re
from collections.abc import Callable

from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.http.body import Body, ChunkedReader, LengthReader  # type: ignore[import-untyped]
from gunicorn.http.errors import InvalidChunkSize, LimitRequestHeaders, NoMoreData  # type: ignore[import-untyped]
from gunicorn.http.message import Request  # type: ignore[import-untyped]
from gunicorn.http.unreader import Unreader  # type: ignore[import-untyped]

from core.web.flat_config import FlatConfig
from core.web.spool import Full, Room, Spool

MOST_HEAD = 32 * 1024
MOST_LINE = 8190  # of a chunk's size, with its extensions
SMALL_CHUNK, MOST_SMALL_CHUNKS = 64, 10_000
_BARE_LF = re.compile(rb"(?<!\r)\n")
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}[ \t]*(?:;[^\n]*)?\r\n")


class TooLarge(Exception):
    """The body is larger than this path may take."""


class Intake:
    """`most(path)` is how many bytes a body may have; a larger one is not read, and the application says so (413).

    Once `whole`, `take_request` gives the request or raises what is wrong with it; `rest` belongs to the next one.
    """

    def __init__(
        self, cfg: Config | FlatConfig, client: object, room: Room, most: Callable[[str], int], number: int = 1
    ) -> None:
        self.whole = False
        self.rest = b""
        self.received = 0  # bytes of the body
        self.request: Request | None = None
        self.number = number
        self._cfg = cfg
        self._client = client
        self._room = room
        self._most = most
        self._head = bytearray()
        self._failure: Exception | None = None
        self._source = _Source()
        self._chunks: _Chunks | None = None
        self._left = 0
        self._expects_continue = False

    @property
    def begun(self) -> bool:
        """Whether anything came."""
        return bool(self._head) or self.request is not None

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for `100 Continue` before it sends the body; asked once."""
        expected, self._expects_continue = self._expects_continue, False
        return expected and not self.whole and not self.received

    def feed(self, data: bytes) -> None:
        """Take what came."""
        try:
            if self.request is not None:
                self._take(data)
                return
            start = max(0, len(self._head) - 3)
            self._head += data
            if self._is_ready(start):
                self._parse()
        except Full as error:
            self._fail(error)

    def take_request(self) -> Request:
        """The whole request, its body open to be read at once. Raises what is wrong with it."""
        if self._failure is not None:
            raise self._failure
        request = self.request
        assert request is not None  # it is whole
        if self._chunks is not None:
            request.body = self._decoded(request)
        return request

    def close(self) -> None:
        """Let the body go."""
        self._source.close()

    def _is_ready(self, start: int) -> bool:
        """Whether the parser can say something: the head ends, or is wrong already, or is longer than any may be."""
        head = self._head
        line = head.find(b"\r\n")
        return (
            head.find(b"\r\n\r\n", start) >= 0
            or _BARE_LF.search(head, max(0, start - 1)) is not None
            or (line < 0 and len(head) > self._cfg.limit_request_line + 2)
            or len(head) > MOST_HEAD
        )

    def _parse(self) -> None:
        if len(self._head) > MOST_HEAD and self._head.find(b"\r\n\r\n", 0, MOST_HEAD) < 0 and b"\r\n" in self._head:
            self._fail(LimitRequestHeaders(f"the head has more than {MOST_HEAD} bytes"))
            return
        self._source.unread(bytes(self._head))
        self._head.clear()
        try:
            request = _Request(self._cfg, self._source, self._client, self.number)
        except Exception as error:  # whatever it is, the worker answers it as gunicorn does
            self._fail(error)
            return
        self.request = request
        self._expects_continue, request._expected_100_continue = request._expected_100_continue, False
        after: bytes = self._source.take_buffered()
        most = self._most(request.path)
        if isinstance(request.body.reader, ChunkedReader):
            self._chunks = _Chunks(most)
        else:
            self._left = request.body.reader.length
        if self._left > most:
            request.body = Body(LengthReader(self._source, 0))
            request.force_close()
            self.whole = True
            return
        if self._left or self._chunks:
            self._source.spool = Spool(self._room)
        self._take(after)

    def _take(self, data: bytes) -> None:
        used = min(len(data), self._left) if self._chunks is None else self._chunks.feed(data)
        if used and self._source.spool is not None:
            self._source.spool.write(data[:used])
        self.received += used
        self.rest += data[used:]
        if self._chunks is None:
            self._left -= used
            self.whole = self._left == 0
        elif self._chunks.failure is not None:
            self._fail(self._chunks.failure)
        else:
            self.whole = self._chunks.done

    def _fail(self, error: Exception) -> None:
        self._failure = error
        self.whole = True

    def _decoded(self, request: Request) -> Body:
        """The body without its chunks. Raises what gunicorn finds wrong with them."""
        plain, size = Spool(self._room), 0
        try:
            while piece := request.body.reader.read(65536):
                plain.write(piece)
                size += len(piece)
            if self._source.buf.getvalue() or (self._source.spool is not None and self._source.spool.left):
                raise NoMoreData  # two opinions on where the body ends: nothing on this connection is to be trusted
        except BaseException:
            plain.close()
            raise
        self._source.close()
        self._source.spool = plain
        return Body(LengthReader(self._source, size))


class _Request(Request):  # type: ignore[misc]
    """Where no proxy's address may say who the client is, nobody's is looked at."""

    def _peer_is_trusted_proxy(self) -> bool:
        if isinstance(self.peer_addr, tuple) and not self.cfg.forwarded_allow_ips:
            return False
        return bool(super()._peer_is_trusted_proxy())


class _Source(Unreader):  # type: ignore[misc]
    """What gunicorn's parser reads from: what was put in, then the end."""

    def __init__(self) -> None:
        super().__init__()
        self.spool: Spool | None = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next bytes of the body."""
        return self.spool.read(max(size_hint or 0, 8192)) if self.spool is not None else b""

    def close(self) -> None:
        """Let everything go."""
        if self.spool is not None:
            self.spool.close()
            self.spool = None


class _Chunks:
    """Finds the end of a body in chunks; `done` at its end, or where it is so wrong that the reader will refuse it."""

    def __init__(self, most: int) -> None:
        self.done = False
        self.failure: Exception | None = None
        self._most = most
        self._size = self._small = self._left = self._trailers = 0
        self._last = False
        self._line = bytearray()

    def feed(self, data: bytes) -> int:
        """How many of the bytes belong to this body."""
        at = 0
        while at < len(data) and not self.done:
            if self._left > 2:
                step = min(self._left - 2, len(data) - at)
                self._left -= step
                at += step
            elif self._left:
                self.done = data[at : at + 1] != (b"\r" if self._left == 2 else b"\n")
                self._left -= 1
                at += 1
            else:
                at = self._read_line(data, at)
        return at

    def _read_line(self, data: bytes, at: int) -> int:
        end = data.find(b"\n", at)
        upto = len(data) if end < 0 else end + 1
        self._line += data[at:upto]
        if end >= 0:
            line = bytes(self._line)
            self._line.clear()
            self._judge(line)
        elif len(self._line) > MOST_LINE:
            self.done = True
        return upto

    def _judge(self, line: bytes) -> None:
        if not line.endswith(b"\r\n"):
            self._fail(InvalidChunkSize(line[:64]))
            return
        if self._last:
            self._trailers += len(line)
            self.done = line == b"\r\n" or self._trailers > MOST_LINE
            return
        if not _SIZE.fullmatch(line):
            self.done = True
            return
        size = int(line.partition(b";")[0], 16)
        self._last = size == 0
        self._left = size + 2 if size else 0
        self._size += size
        self._small += 0 < size < SMALL_CHUNK
        if self._size > self._most:
            self._fail(TooLarge(self._most))
        elif self._small > MOST_SMALL_CHUNKS:
            self._fail(InvalidChunkSize(b"too many small chunks"))

    def _fail(self, error: Exception) -> None:
        self.failure, self.done = error, True
