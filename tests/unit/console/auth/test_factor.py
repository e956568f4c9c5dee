"""Recovery codes: ten that differ, hashed as slowly as OWASP asks for (tests that log in make their hashes quick)."""

from console.auth import factor, passwords


def test_ten_codes_are_made_and_hashed_slowly() -> None:
    codes, hashes = factor.new_codes()
    assert len(set(codes)) == len(set(hashes)) == 10
    assert [code[0] for code in codes] == list("0123456789")
    assert {one.rpartition("$")[0].rpartition("$")[0] for one in hashes} == {"$argon2id$v=19$m=19456,t=2,p=1"}


def test_a_password_is_hashed_as_slowly_as_argon2_recommends() -> None:
    known = passwords.make_hash("violet anchor misled tundra")
    assert known.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not passwords.needs_rehash(known)
    assert passwords.needs_rehash(known.replace("t=3", "t=2"))
