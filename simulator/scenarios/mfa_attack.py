"""mfa-attack: somebody with a stolen password guesses one-time codes of an operator's account (A4)."""

from simulator import population
from simulator.scenario import Happening, Moment, Scenario

PER_MINUTE = 6.0
ACCOUNT = "operator.kim"
ATTACKER = -4711


def happen(moment: Moment) -> Happening:
    """Failed codes for one account from two addresses; every tenth try comes with a warning of the platform."""
    events = []
    for i, when in enumerate(moment.times(moment.count(PER_MINUTE))):
        ip = population.address(moment.config.seed, ATTACKER - int(moment.rng.integers(0, 2)))
        serious = bool(moment.rng.random() < 0.1)
        text = f"repeated wrong one-time codes for {ACCOUNT}" if serious else f"wrong one-time code for {ACCOUNT}"
        events.append(
            {
                "kind": "security",
                "id": f"{moment.run}-{i}",
                "timestamp": when,
                "severity": "high" if serious else "medium",
                "text": f"{text} from {ip}",
                "category": "authentication",
                "action": "mfa",
                "outcome": "failure",
                "actor": ACCOUNT,
                "ip": ip,
                "correlation_id": moment.run.rsplit("-", 1)[0],
                "source": "platform",
            }
        )
    return Happening(events=events)


SCENARIO = Scenario("failed one-time codes for one account", happen)
