"""Small files that would be large: each is refused with a sentence, and the process that read it stayed small.

A process of its own makes each call, so that the peak of its children is that of this bomb alone.
"""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from core.bounded_process import MEGABYTE
from tests.hostile.children import gzip_bomb, parquet_bomb
from tests.tree import ROOT

UNPACKED = 600_000_000
CALL = """
import resource, sys
from importlib import import_module
from core import bounded_process
from core.bounded_process import MEGABYTE, Bounds
from core.errors import BadInput
from pathlib import Path
import msgspec
name, file, arguments, memory = sys.argv[1:]
module, _, function = name.partition(":")
bounds = Bounds(60.0, int(memory), 8 * MEGABYTE, 1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said = ""
try:
    bounded_process.call(
        getattr(import_module(module), function), Path(file).open("rb"), *msgspec.json.decode(arguments), bounds=bounds
    )
except BadInput as error:
    said = str(error)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(msgspec.json.encode([said, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, grown * 1024]).decode())
"""
LABELS = ("core.transactions.label_file:parse", [1.79e9, "ann", 300.0, "chargeback"])
LIMITS = {"unpacked": 268_435_456, "columns": 2000, "values": 15_000_000, "record": 2_000_000}
LOOK = ("ml.data.file_preview:of_file", ["bomb", LIMITS])
SERIES = ("core.tabular.series:parse", ["bomb", "timestamp", "value", 5_242_880, 500_000])


def read(folder: Path, reader: tuple[str, list[object]], content: bytes, memory: int) -> tuple[str, int, int]:
    """What was said of a bomb, the child's peak memory, and by how much the caller grew; bytes."""
    file = folder / "bomb"
    file.write_bytes(content)
    command = [sys.executable, "-c", CALL, reader[0], str(file), msgspec.json.encode(reader[1]).decode(), str(memory)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return msgspec.json.decode(done.stdout, type=tuple[str, int, int])


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"", b","),
        (b"", b"a"),
        (b"", b"\n"),
        (b"transaction_id,label\n", b"a,"),
        (b"transaction_id,label\n", b"a,b\n"),
        (b"transaction_id,label\n", b'"\n",'),
        (b"transaction_id,label\n", b"\xe9"),
        (b"\xff\xfe", b"\x10\x04"),
        (b"", b"\x1f\x8b"),
    ],
)
def test_labels_that_grow_when_unpacked(start: bytes, piece: bytes, tmp_path: Path) -> None:
    bomb = gzip_bomb(start, piece, UNPACKED)
    assert len(bomb) < UNPACKED / 400
    said, peak, grown = read(tmp_path, LABELS, bomb, 768 * MEGABYTE)
    assert said
    assert peak < 300 * MEGABYTE
    assert grown < 16 * MEGABYTE


@pytest.mark.parametrize(
    ("start", "piece"),
    [(b"", b","), (b"label,amount\n", b"0,1\n"), (b"label,amount\n", b"0,"), (b"", b"a"), (b"", b'"a" ')],
)
def test_training_files_that_grow_when_unpacked(start: bytes, piece: bytes, tmp_path: Path) -> None:
    said, peak, _ = read(tmp_path, LOOK, gzip_bomb(start, piece, UNPACKED), 3072 * MEGABYTE)
    assert said
    assert peak < 1500 * MEGABYTE


def test_columns_are_counted_before_there_are_lists_of_them(tmp_path: Path) -> None:
    said, peak, _ = read(tmp_path, LOOK, b"c" + b",c" * 900_000 + b"\n", 3072 * MEGABYTE)
    assert "at most 2,000" in said
    assert peak < 500 * MEGABYTE


@pytest.mark.parametrize(("rows", "letters"), [(1_000_000, 6_000), (20_000, 500_000), (6_000, 130_000)])
def test_parquet_whose_words_stand_once_and_are_named_often(rows: int, letters: int, tmp_path: Path) -> None:
    bomb = parquet_bomb(tmp_path, rows, letters)
    said, peak, _ = read(tmp_path, LOOK, bomb, 3072 * MEGABYTE)
    assert said
    assert len(bomb) < rows * letters / 1000
    assert peak < 1500 * MEGABYTE


@pytest.mark.parametrize("row", [b"," * 5_000_000, b'"' + b"\n" * 5_000_000])
def test_series_of_one_row_without_end(row: bytes, tmp_path: Path) -> None:
    said, peak, _ = read(tmp_path, SERIES, b"timestamp,value\n" + row, 768 * MEGABYTE)
    assert said
    assert peak < 300 * MEGABYTE
