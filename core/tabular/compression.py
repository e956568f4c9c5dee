"""Files packed by gzip, xz or bzip2, as exports and rotated logs are: unpacked up to a limit, for a few bytes may
become any number. Zstandard is read where Python has it (3.14), and else refused by name. Pure.
"""

import bz2
import gzip
import importlib
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any

PIECE = 1_048_576  # bytes that are unpacked at a time
FEED = 16_384  # packed bytes that a decompressor gets at a time, so that many small streams cost no more than one
MOST_MEMORY = 128 * 1024 * 1024  # of a decompressor; the strongest setting of xz needs 65 MiB
_BZIP2_BLOCKS = (b"1AY&SY", b"\x17rE8P\x90")  # the first block, or the end of an empty file
_ZSTD = b"\x28\xb5\x2f\xfd"


class Unusable(Exception):
    """A packed file that cannot be unpacked; the message says why, as the end of a sentence about it."""


class TooLong(Unusable):
    """One that is more than may be unpacked."""


def unpacked(content: bytes, most: int) -> bytes:
    """The content, unpacked where it is packed. Raises Unusable when it is damaged, TooLong when it is more than `most`
    bytes then.
    """
    name, pieces = _packed(content, most)
    if pieces is None:
        return content
    found = bytearray()
    try:
        while len(found) <= most and (piece := next(pieces, None)) is not None:
            found += piece
    except EOFError as error:
        raise Unusable(f"is {'an' if name == 'xz' else 'a'} {name} file that is cut off") from error
    except (OSError, zlib.error, lzma.LZMAError, ValueError) as error:
        raise Unusable(f"is a damaged {name} file: {error}") from error
    if len(found) > most:
        raise TooLong(f"is more than {most:,} bytes when unpacked")
    return bytes(found)


def _packed(content: bytes, most: int) -> tuple[str, Iterator[bytes] | None]:
    """By what it is packed, and its pieces; None for what is not packed."""
    if content[:2] == b"\x1f\x8b":
        return "gzip", _gzip(content, most)
    if content[:6] == b"\xfd7zXZ\0":
        return "xz", _streams(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, MOST_MEMORY), content)
    if content[:3] == b"BZh" and content[4:10] in _BZIP2_BLOCKS:
        return "bzip2", _streams(bz2.BZ2Decompressor, content)
    if content[:4] == _ZSTD:
        return "Zstandard", _streams(_zstd(), content)
    return "", None


def _gzip(content: bytes, most: int) -> Iterator[bytes]:
    with gzip.open(io.BytesIO(content)) as packed:
        while piece := packed.read(min(PIECE, most + 1)):
            yield piece


def _streams(make: Callable[[], Any], content: bytes) -> Iterator[bytes]:
    """The pieces of one stream after another, with a decompressor for each. Raises EOFError for a cut one."""
    position = 0
    while position < len(content):
        one = make()
        while not one.eof:
            fed = content[position : position + FEED] if one.needs_input else b""
            if one.needs_input and not fed:
                raise EOFError
            position += len(fed)
            yield one.decompress(fed, PIECE)
        position -= len(one.unused_data)
        while content[position : position + 1] == b"\0":  # xz files may be padded
            position += 1


def _zstd() -> Callable[[], Any]:
    try:
        zstd = importlib.import_module("compression.zstd")
    except ImportError as error:
        said = "is packed with Zstandard, which is not read here; unpack it, or use gzip, xz or bzip2"
        raise Unusable(said) from error
    window = {zstd.DecompressionParameter.window_log_max: MOST_MEMORY.bit_length() - 1}
    return lambda: zstd.ZstdDecompressor(options=window)
