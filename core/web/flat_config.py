"""Gunicorn's configuration with each setting at hand: its own looks every name up by a slow way."""

from typing import Any

from gunicorn.config import Config  # type: ignore[import-untyped]


class FlatConfig:
    """What a worker and the parser ask at each request, some twenty things; as of the moment when it was made."""

    def __init__(self, cfg: Config) -> None:
        self._cfg = cfg
        plain = {name: setting for name, setting in cfg.settings.items() if not hasattr(Config, name)}
        vars(self).update({name: setting.get() for name, setting in plain.items()}, is_ssl=cfg.is_ssl)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cfg, name)
