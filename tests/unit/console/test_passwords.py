"""New passwords: long enough, and not what people try first."""

import statistics
import time

import pytest

from console.auth import passwords
from console.auth.passwords import make_hash, matches, weakness


@pytest.mark.parametrize(
    "password",
    [
        "short", "password1234", "P@ssw0rd2024!", "iloveyouforever", "qwertyuiop12", "correct horse battery",
        "Summer2025!!!!", "aaaaaaaaaaaa", "abcabcabcabc", "1qaz2wsx3edc", "gatehouse-admin", "johnsmith-2024",
        "123456789012", "x" * 2000,
    ],
)  # fmt: skip
def test_what_people_try_first_is_not_taken(password: str) -> None:
    assert weakness(password, "john", "john.smith@example.org")


@pytest.mark.parametrize("password", ["violet anchor misled tundra", "kH7-wpzQ3vRt", "Tr0ub4dor&3xyzq"])
def test_a_good_one_is_taken(password: str) -> None:
    assert weakness(password, "john", "john.smith@example.org") == ""


def test_a_hash_knows_its_password_and_nobody_has_none() -> None:
    known = make_hash("violet anchor misled tundra")
    assert matches("violet anchor misled tundra", known)
    assert not matches("violet anchor misled tundra ", known)
    assert not matches("anything", None)
    assert not matches("anything", "not a hash")


def test_nobody_comes_in_by_the_password_of_the_hash_that_stands_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_NOBODY", make_hash("the password of nobody"))
    assert not matches("the password of nobody", None)
    assert not matches("the password of nobody", "")


def test_a_password_has_at_most_so_many_signs() -> None:
    longest = ("kH7-wpzQ3vRt" * 100)[: passwords.LONGEST - 8] + "violetqu"
    assert weakness(longest) == ""
    assert weakness(longest + "z").startswith("Use at most")
    assert matches(longest, make_hash(longest))
    assert not matches(longest + "z", make_hash(longest + "z"))


def test_an_unknown_user_costs_as_much_time_as_a_wrong_password() -> None:
    known = passwords.make_hash("a long enough secret")
    took: dict[str | None, list[float]] = {known: [], None: []}
    for _ in range(7):
        for stored in took:
            start = time.perf_counter()
            assert not passwords.matches("guess", stored)
            took[stored].append(time.perf_counter() - start)
    assert 0.5 < statistics.median(took[known]) / statistics.median(took[None]) < 2
