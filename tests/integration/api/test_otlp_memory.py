"""Our reader of OTLP's protobuf keeps nothing of spans that say nothing: in a process without other threads."""

import subprocess
import sys

from tests.tree import ROOT

SPANS = 400_000
COUNTS = """
import sys, tracemalloc
from api.otlp import protobuf
body = sys.stdin.buffer.read()
tracemalloc.start()
count = sum(1 for _ in protobuf.read(body, 1_000_000))
print(count, tracemalloc.get_traced_memory()[1])
"""


def field(number: int, value: bytes) -> bytes:
    """A field with its length before it, as protobuf writes it."""
    size, rest = b"", len(value)
    while rest > 127:
        size, rest = size + bytes([rest & 127 | 128]), rest >> 7
    return bytes([number << 3 | 2]) + size + bytes([rest]) + value


def test_hundreds_of_thousands_of_empty_spans_take_no_memory() -> None:
    """The published classes make 67 MB of them."""
    body = field(1, field(2, b"\x12\x00" * SPANS))
    done = subprocess.run([sys.executable, "-c", COUNTS], input=body, capture_output=True, check=True, cwd=ROOT)
    count, peak = map(int, done.stdout.split())
    assert count == SPANS
    assert peak < 1_000_000
