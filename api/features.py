"""How a feature and its value read: `txn_velocity_1h=12`, `wallet_age=0.5d`, `geo_velocity=true`. Pure."""

from api.config import MonitoringConfig


def shown(name: str | None, value: float | None, config: MonitoringConfig) -> str | None:
    """Name and value in one text of at most three significant decimals; None without a name."""
    if name is None:
        return None
    if value is None:
        return name
    if name in config.flags.names and value in (0.0, 1.0):
        return f"{name}={'true' if value else 'false'}"
    number = f"{value:.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:.3g}"
    return f"{name}={number}{config.units.get(name, '')}"
