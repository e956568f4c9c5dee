"""Password check: argon2id, one at a time, and equally slow for a user who does not exist."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 1024
_hasher = PasswordHasher()
_one = threading.Semaphore(2)  # 64 MiB each: a flood of guesses must not fill the memory
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$Z2F0ZWhvdXNlLW5vYm9keQ$y7Fv1J1xg4zqS8Zy0lq3mJmZ1m7y0C4nqf8k2m9n0pQ"


def make_hash(password: str) -> str:
    """The argon2id hash of a password."""
    return _hasher.hash(password)


def is_right(password: str, known_hash: str | None) -> bool:
    """Whether `password` belongs to `known_hash`; without a hash as slow, and False."""
    if len(password) > LONGEST:
        return False
    with _one:
        try:
            return _hasher.verify(known_hash or _NOBODY, password) and known_hash is not None
        except (VerificationError, InvalidHashError):
            return False
