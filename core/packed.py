"""Files packed by gzip, as exports and rotated logs are: unpacked up to a limit, for a few bytes may become any number.

Pure.
"""

import gzip
import io
import zlib

_MAGIC = b"\x1f\x8b"


class Unusable(Exception):
    """A packed file that cannot be unpacked; the message says why, as the end of a sentence about it."""


def unpacked(content: bytes, most: int) -> bytes:
    """The content, unpacked where it is packed. Raises Unusable when it is damaged, or more than `most` bytes then."""
    if content[:2] != _MAGIC:
        return content
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            found = packed.read(most + 1)
    except EOFError as error:
        raise Unusable("is a gzip file that is cut off") from error
    except (OSError, zlib.error) as error:
        raise Unusable(f"is a damaged gzip file: {error}") from error
    if len(found) > most:
        raise Unusable(f"is more than {most:,} bytes when unpacked")
    return found
