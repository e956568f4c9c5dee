"""Security events of the platform on an ordinary day: log-ins, forgotten passwords, a guess here and there, a block."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from simulator import population, rhythm
from simulator.config import SimulatorConfig
from simulator.traffic import HOUR

# share, severity, category, action, outcome, text
KINDS: tuple[tuple[float, str, str, str, str, str], ...] = (
    (0.40, "low", "authentication", "login", "success", "{user} logged in from {ip}"),
    (0.21, "low", "authentication", "login", "failure", "wrong password for {user} from {ip}"),
    (0.10, "low", "iam", "password-change", "success", "{user} changed the password"),
    (0.08, "low", "authentication", "mfa", "success", "{user} passed the second factor"),
    (0.06, "medium", "authentication", "mfa", "failure", "wrong one-time code for {user} from {ip}"),
    (0.05, "medium", "authentication", "login", "failure", "five wrong passwords for {user} from {ip}"),
    (0.03, "medium", "network", "rate-limit", "failure", "{ip} blocked for 60 minutes: over 100 requests a minute"),
    (0.03, "medium", "iam", "api-key", "success", "API key of {user} renewed"),
    (0.02, "high", "intrusion_detection", "impossible-travel", "unknown", "{user} moved faster than a plane"),
    (0.012, "high", "web", "injection", "failure", "SQL injection pattern refused in a request from {ip}"),
    (0.006, "high", "iam", "wallet-link", "success", "{user} linked a wallet on the watch list"),
    (0.002, "critical", "iam", "privilege", "success", "administrator rights granted to {user}"),
)
_SHARES = np.array([kind[0] for kind in KINDS]) / sum(kind[0] for kind in KINDS)


def between(start: float, end: float, config: SimulatorConfig) -> Iterator[dict[str, Any]]:
    """Security events with start <= timestamp < end, in order of time."""
    for number in range(int(start // HOUR), int(-(-end // HOUR))):
        yield from (event for event in hour(number, config) if start <= event["timestamp"] < end)


def hour(number: int, config: SimulatorConfig) -> list[dict[str, Any]]:
    """The security events of one hour since the epoch, in order of time."""
    rng = np.random.default_rng([config.seed, number, 4])
    begin = number * HOUR
    n = int(rng.poisson(config.security_per_hour * rhythm.traffic(begin, config)))
    times = (begin + np.sort(rng.uniform(0, HOUR, n))).round(3).tolist()
    kinds = rng.choice(len(KINDS), n, p=_SHARES).tolist()
    who = rng.integers(0, config.customers, n).tolist()
    made = []
    for i in range(n):
        _, severity, category, action, outcome, text = KINDS[kinds[i]]
        user, ip = population.user(who[i]), population.address(config.seed, who[i])
        made.append(
            {
                "kind": "security",
                "id": f"se-{config.seed}-{number}-{i}",
                "timestamp": times[i],
                "severity": severity,
                "text": text.format(user=user, ip=ip),
                "category": category,
                "action": action,
                "outcome": outcome,
                "actor": user,
                "ip": ip,
                "correlation_id": f"c{config.seed}-{number}-{i}",
                "source": "platform",
            }
        )
    return made
