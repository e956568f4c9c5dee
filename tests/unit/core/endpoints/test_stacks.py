"""Samples by stack as bytes: what is appended is added, and what is beyond a limit has a name."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from core.endpoints import stacks

SAMPLES = st.dictionaries(st.integers(0, 2**31), st.integers(1, 2**40), max_size=30)


@given(st.lists(SAMPLES, max_size=5))
def test_parts_one_after_another_are_their_sum(parts: list[dict[int, int]]) -> None:
    wanted: Counter[int] = Counter()
    for part in parts:
        wanted.update(part)
    found = stacks.decode(b"".join(map(stacks.encode, parts)))
    assert found == wanted
    assert stacks.decode(stacks.encode(found)) == wanted


@given(SAMPLES, st.integers(1, 5))
def test_beyond_a_limit_the_rest_counts_together(samples: dict[int, int], most: int) -> None:
    found = stacks.decode(stacks.encode(samples, most))
    assert sum(found.values()) == sum(samples.values())
    assert len(found) <= most + 1
    kept = sorted((count for number, count in samples.items() if number), reverse=True)[: most - 1]
    assert all(count in found.values() for count in kept)
