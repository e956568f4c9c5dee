"""Failed passwords slow a guesser down: free attempts, a delay that doubles up to its longest, what forgets them."""

import pytest

from console.auth.login_throttle import Attempts, Counter
from core.db import keys
from core.db.redis_client import Live

NOW = 1_800_000_000.0
ACCOUNT = Counter("account:ann", 2, 300.0)
DEVICE = Counter("device:x", 3, 5.0)


@pytest.fixture
def attempts(live: Live) -> Attempts:
    return Attempts(live, 900)


def waits(attempts: Attempts, counter: Counter, count: int) -> list[float]:
    """How long each attempt after the free ones makes the next one wait, which then comes at once."""
    now, found = NOW, []
    for _ in range(counter.free):
        assert attempts.take([counter], now) == 0
    for _ in range(count):
        assert attempts.take([counter], now) == 0
        found.append(attempts.take([counter], now))  # refused, so not counted
        now += found[-1]
    return found


def test_delays_double_after_the_free_attempts_up_to_the_longest_of_each(attempts: Attempts) -> None:
    assert waits(attempts, ACCOUNT, 10) == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert waits(attempts, DEVICE, 4) == [2, 4, 5, 5]


def test_an_attempt_waits_for_the_slowest_of_its_counters_and_counts_for_none_meanwhile(
    attempts: Attempts, live: Live
) -> None:
    for _ in range(3):
        assert attempts.take([ACCOUNT], NOW) == 0
    for order in ([DEVICE, ACCOUNT], [ACCOUNT, DEVICE]):
        assert attempts.take(order, NOW) == 2.0
    assert live.redis.exists(keys.attempts(DEVICE.name)) == 0
    assert attempts.take([DEVICE], NOW) == 0


def test_a_wait_is_told_up_to_the_millisecond_and_never_as_none(attempts: Attempts) -> None:
    for _ in range(3):
        attempts.take([ACCOUNT], NOW + 0.25)
    assert attempts.take([ACCOUNT], NOW + 0.25) == 2.0
    assert attempts.take([ACCOUNT], NOW + 2.2496) == 0.001
    assert attempts.take([ACCOUNT], NOW + 2.2501) == 0


def test_a_right_password_gives_its_own_attempt_back_and_no_other(attempts: Attempts, live: Live) -> None:
    for _ in range(3):
        attempts.take([ACCOUNT, DEVICE], NOW)
    assert attempts.take([ACCOUNT], NOW) == 2.0
    attempts.give_back([ACCOUNT, DEVICE])
    assert attempts.take([ACCOUNT], NOW) == 0, "nobody waits for an attempt that was right"
    assert attempts.take([ACCOUNT], NOW) == 2.0, "the wrong ones before it still count"
    attempts.give_back([DEVICE])
    assert live.redis.hget(keys.attempts(DEVICE.name), "n") == b"1", "one wrong one is left"
    attempts.give_back([DEVICE])
    assert live.redis.exists(keys.attempts(DEVICE.name)) == 0


def test_failures_are_remembered_for_a_while_after_the_last(attempts: Attempts, live: Live) -> None:
    attempts.take([ACCOUNT], NOW)
    live.redis.expire(keys.attempts(ACCOUNT.name), 10)
    attempts.take([ACCOUNT], NOW)
    assert 890 < live.redis.ttl(keys.attempts(ACCOUNT.name)) <= 900


def test_the_owner_starts_anew(attempts: Attempts) -> None:
    for _ in range(3):
        attempts.take([ACCOUNT], NOW)
    attempts.clear([DEVICE, ACCOUNT])
    assert [attempts.take([ACCOUNT], NOW) for _ in range(4)] == [0, 0, 0, 2.0]


def test_a_count_lasts_from_its_first(attempts: Attempts, live: Live) -> None:
    assert attempts.count("burst") == 1
    assert 890 < live.redis.ttl(keys.attempts("burst")) <= 900
    live.redis.expire(keys.attempts("burst"), 10)
    assert attempts.count("burst") == 2
    assert live.redis.ttl(keys.attempts("burst")) <= 10


def test_however_many_attempts_there_were_the_delay_is_the_longest(attempts: Attempts, live: Live) -> None:
    live.redis.hset(keys.attempts(ACCOUNT.name), "n", 1_000_000)
    assert [attempts.take([ACCOUNT], NOW) for _ in range(2)] == [0, 300.0]
