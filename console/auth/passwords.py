"""Passwords: argon2id, two at a time, equally slow for a user who does not exist; and what a new one must not be."""

import re
import threading
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 1024
_COMMON = Path(__file__).with_name("common_passwords.txt")
_hasher = PasswordHasher()
_two = threading.Semaphore(2)  # 64 MiB each: a flood of guesses must not fill the memory
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$Z2F0ZWhvdXNlLW5vYm9keQ$y7Fv1J1xg4zqS8Zy0lq3mJmZ1m7y0C4nqf8k2m9n0pQ"
_LEET = str.maketrans("01345789@$!|+", "oleastbgasilt")
_WALKS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn")


def make_hash(password: str) -> str:
    """The argon2id hash of a password."""
    with _two:
        return _hasher.hash(password)


def matches(password: str, known_hash: str | None) -> bool:
    """Whether `password` belongs to `known_hash`; without a hash as slow, and False."""
    if len(password) > LONGEST:
        return False
    with _two:
        try:
            return _hasher.verify(known_hash or _NOBODY, password) and bool(known_hash)
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(known_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(known_hash)


def weakness(password: str, name: str = "", email: str = "") -> str:
    """Why a new password is not taken, as a sentence; empty when it is good."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. A sentence is easy to remember."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    own = [part for part in re.split(r"[^a-z0-9]+", f"{name} {email}".lower()) if len(part) >= 3]
    if is_common(password, own):
        return "This password is too common. Choose another one."
    return ""


def is_common(password: str, own: list[str] | None = None) -> bool:
    """Whether nothing but common words, the user's own names, keyboard walks, repetitions and digits make it up.

    Letters that stand for others (`p@ssw0rd`) are read both ways.
    """
    words = common() | {"gatehouse"} | set(own or ())
    plain = password.lower()
    return any(_left(text, words) < 4 for text in (plain, plain.translate(_LEET)))


@cache
def common() -> frozenset[str]:
    """The bundled list of words that common passwords are made of."""
    return frozenset(_COMMON.read_text().split())


def _left(text: str, words: set[str] | frozenset[str]) -> int:
    """How many characters are left when everything guessable is taken away, the longest words first."""
    for word in sorted((word for word in words if len(word) >= 3 and word in text), key=len, reverse=True):
        text = text.replace(word, " ")
    for walk in _WALKS:
        for line in (walk, walk[::-1]):
            for size in range(len(line), 3, -1):
                for start in range(len(line) - size + 1):
                    text = text.replace(line[start : start + size], " ")
    text = re.sub(r"(.{1,4}?)\1{2,}+", " ", text)  # aaaa, abcabcabc
    return len(set(re.sub(r"[\W\d_]+", "", text)))
