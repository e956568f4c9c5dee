"""Packed files: unpacked whole, never beyond a limit, and damage is said."""

import bz2
import gzip
import lzma
import time
import tracemalloc
from pathlib import Path

import pytest

from core.errors import BadInput
from core.tabular import sheet
from core.tabular.compression import Unusable, unpacked
from simulator import replayer


def test_what_is_packed_is_unpacked_and_the_rest_is_left() -> None:
    assert unpacked(b"a,b\n", 10) == b"a,b\n"
    assert unpacked(gzip.compress(b"a,b\n") + gzip.compress(b"1,2\n"), 10) == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(bytes(1000))[:-9], "cut off"),
        (b"\x1f\x8b nothing of the kind", "damaged"),
        (gzip.compress(bytes(1_000_000)), "more than 1,000 bytes when unpacked"),
        (lzma.compress(b"some text")[:-9], "an xz file that is cut off"),
        (bz2.compress(b"some text")[:-3], "a bzip2 file that is cut off"),
        (lzma.compress(b"some text")[:30] + bytes(60), "damaged xz"),
        (bz2.compress(b"some text" * 50)[:20] + b"x" * 90, "damaged bzip2"),
        (bz2.compress(b"text") + b"and more", "damaged bzip2"),
        (b"\x28\xb5\x2f\xfd and so on", "Zstandard"),
    ],
)
def test_what_cannot_be_unpacked_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        unpacked(content, 1000)


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_each_packing_is_read_as_the_plain_file_is(pack, tmp_path: Path) -> None:
    plain = b"transaction_id,label\nt1,fraud\nt2,legit\n"
    assert unpacked(pack(plain), 100) == plain
    assert unpacked(pack(plain[:21]) + pack(plain[21:]), 100) == plain, "one after another, as rotated logs are joined"
    assert sheet.parse(pack(plain), "labels").columns == sheet.parse(plain, "labels").columns
    log = tmp_path / "auth.log.1"
    log.write_bytes(pack(plain))
    assert replayer.unpacked(log)[0] == plain


def test_padding_and_an_empty_file_are_no_damage_and_bzh_is_only_a_word() -> None:
    assert unpacked(lzma.compress(b"a,b\n") + bytes(8), 10) == b"a,b\n"
    assert unpacked(bz2.compress(b""), 10) == unpacked(lzma.compress(b""), 10) == b""
    assert unpacked(b"BZh9,name\n1,2\n", 100) == b"BZh9,name\n1,2\n"
    with pytest.raises(BadInput, match="Zstandard"):
        sheet.parse(b"\x28\xb5\x2f\xfd\x00", "f")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_a_bomb_stops_at_the_limit(pack) -> None:
    bomb = pack(bytes(200_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(Unusable, match="more than 1,000,000 bytes"):
            unpacked(bomb, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_dictionary_larger_than_memory_is_refused() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 256 * 1024 * 1024}]
    with pytest.raises(Unusable, match="damaged xz file: Memory usage limit"):
        unpacked(lzma.compress(b"x", filters=filters), 100)


def test_very_many_streams_cost_no_more_than_their_bytes() -> None:
    began = time.process_time()
    assert unpacked(bz2.compress(b"") * 20_000, 100) == b""
    assert time.process_time() - began < 5
