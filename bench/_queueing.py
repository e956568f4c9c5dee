"""Queueing arithmetic for sizing: c servers, one queue, first come first served. Pure.

Rates are in 1/s, times in seconds. `a` = arrival rate x mean service time is the offered load in servers, `a / c` the
utilisation. scv is the squared coefficient of variation, variance / mean²: 1 for exponential, 0 for constant times.

Sources: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges", 1917 (Erlang C); F. Pollaczek 1930, A. Khinchin 1932 (M/G/1); J. F. C. Kingman, "The single server queue in
heavy traffic", Math. Proc. Cambridge Phil. Soc. 57, 1961; A. O. Allen, "Probability, Statistics and Queueing Theory",
2nd ed. 1990, ch. 5 (the approximation of Allen and Cunneen for G/G/c); J. Kiefer, J. Wolfowitz, "On the theory of
queues with many servers", Trans. AMS 78, 1955 (the recursion that `simulate` walks).
"""

import heapq
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Wait:
    """Waiting before service: `chance` that one must wait, `mean` over all requests."""

    chance: float
    mean: float

    @property
    def of_waiting(self) -> float:
        """Mean wait of those who wait."""
        return self.mean / self.chance if self.chance else 0.0

    def quantile(self, q: float) -> float:
        """The wait that a share q stays below, with exponential waits of those who wait (exact for M/M/c)."""
        return float(max(0.0, self.of_waiting * np.log(self.chance / (1 - q)))) if self.chance > 1 - q else 0.0


def erlang_c(servers: int, offered: float) -> float:
    """The chance that an arrival waits in M/M/c; 1 when the load is more than the servers carry.

    By the recursion of Erlang B, B(k) = a B(k-1) / (k + a B(k-1)), which does not overflow.
    """
    if offered >= servers:
        return 1.0
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = offered * blocked / (k + offered * blocked)
    return blocked / (1 - offered / servers * (1 - blocked))


def allen_cunneen(
    rate: float, service: float, servers: int, scv_arrivals: float = 1.0, scv_service: float = 1.0
) -> Wait:
    """Waiting in G/G/c: that of M/M/c times (scv_arrivals + scv_service) / 2.

    Exact for M/M/c; for one server it is Kingman's, and exact for M/G/1 (Pollaczek and Khinchin). Without a steady
    state (utilisation of 1 or more) the mean is infinite.
    """
    offered = rate * service
    chance = erlang_c(servers, offered)
    if offered >= servers:
        return Wait(1.0, float("inf"))
    return Wait(chance, chance * service / (servers - offered) * (scv_arrivals + scv_service) / 2)


def response_quantile(wait: Wait, services: np.ndarray, q: float) -> float:
    """The time from arrival to answer that a share q stays below: the wait, then one of the measured `services`.

    Waits of those who wait count as exponential and independent of the service.
    """
    if not np.isfinite(wait.mean):
        return float("inf")
    low, high = 0.0, float(services.max()) + 60 * wait.of_waiting + 1e-9
    for _ in range(60):
        middle = (low + high) / 2
        left = middle - services
        late = np.where(left < 0, 1.0, 0.0)
        if wait.of_waiting:
            late_waiting = np.where(left < 0, 1.0, np.exp(-np.maximum(left, 0.0) / wait.of_waiting))
        else:
            late_waiting = late
        over = (1 - wait.chance) * late.mean() + wait.chance * late_waiting.mean()
        low, high = (middle, high) if over > 1 - q else (low, middle)
    return high


def scv(times: np.ndarray) -> float:
    """Squared coefficient of variation."""
    return float(times.var() / times.mean() ** 2)


def utilisation_for(
    limit: float, services: np.ndarray, servers: int, q: float = 0.95, scv_arrivals: float = 1.0
) -> float:
    """The highest utilisation at which a share q of answers takes at most `limit` seconds; 0 when no load does."""
    mean, varied = float(services.mean()), scv(services)
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        wait = allen_cunneen(middle * servers / mean, mean, servers, scv_arrivals, varied)
        low, high = (middle, high) if response_quantile(wait, services, q) <= limit else (low, middle)
    return low


def simulate(gaps: np.ndarray, services: np.ndarray, servers: int) -> np.ndarray:
    """Waits of requests that arrive `gaps` apart and need `services`, first come first served, from an idle start."""
    free = [0.0] * servers
    arrival, waits = 0.0, np.empty(len(gaps))
    for number, (gap, service) in enumerate(zip(gaps.tolist(), services.tolist(), strict=True)):
        arrival += gap
        begins = max(arrival, heapq.heappop(free))
        waits[number] = begins - arrival
        heapq.heappush(free, begins + service)
    return waits


def drawn(rate: float, services: np.ndarray, servers: int, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(waits, services) of `count` simulated requests of Poisson arrivals whose services are drawn from measured ones.

    The first tenth, while the queue still fills, is left out.
    """
    rng = np.random.default_rng(seed)
    taken = rng.choice(services, count)
    waits = simulate(rng.exponential(1 / rate, count), taken, servers)
    return waits[count // 10 :], taken[count // 10 :]
