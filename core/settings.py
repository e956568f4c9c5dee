"""The only reader of the environment, of secret files and of config/*.toml; reports all problems at once.

A variable `X` may also come from the file that `X_FILE` names (how container secrets arrive).
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from core import (
    access_checks,
    codec,
    config_files,
    cross_checks,
    process_tokens,
    public_url,
    secret_bundle,
)
from core.access_checks import LOOPBACK
from core.config import Config
from core.errors import ConfigError

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
_POSTGRES, _REDIS = ("postgresql://", "postgres://"), ("redis://", "rediss://", "redis+cluster://", "rediss+cluster://")
_SCHEMES = {"DATABASE_URL": _POSTGRES, "DATABASE_READ_URL": _POSTGRES, "REDIS_URL": _REDIS}

_DEFAULTS = {
    "DATABASE_URL": "",
    "REDIS_URL": "",
    "DATABASE_READ_URL": "",
    "GATEHOUSE_DATA": ".gatehouse",
    "GATEHOUSE_CONFIG": str(ROOT / "config"),
    "GATEHOUSE_HOST": "127.0.0.1",
    "GATEHOUSE_API_PORT": "5000",
    "GATEHOUSE_SCORING_PORT": "8000",
    "GATEHOUSE_CONSOLE_PORT": "8050",
    "GATEHOUSE_METRICS_PORT": "9101",
    "GATEHOUSE_ALERTS_PORT": "9102",
    "GATEHOUSE_TRAINER_PORT": "9103",
    "GATEHOUSE_STATUSES_PORT": "9104",
    "GATEHOUSE_RPC_PORT": "8545",
    "GATEHOUSE_RECEIVERS_PORT": "8060",
    "GATEHOUSE_RECEIVERS_SMTP_PORT": "8061",
    "GATEHOUSE_POSTGRES_PORT": "5433",
    "GATEHOUSE_REDIS_PORT": "6380",
    "GATEHOUSE_API_URL": "",
    "GATEHOUSE_SCORING_URL": "",
    "GATEHOUSE_RPC_URL": "",
    "GATEHOUSE_CONSOLE_URL": "",
    "GATEHOUSE_COLLECTOR_URL": "",
    "GATEHOUSE_SECRET_KEY": "",
    "GATEHOUSE_AUDIT_KEY": "",
    "GATEHOUSE_AUDIT_OLD_KEYS": "",
    "GATEHOUSE_AUDIT_ANCHOR": "",
    "GATEHOUSE_OIDC_CLIENT_SECRET": "",
    "GATEHOUSE_ADMIN_USER": "admin",
    "GATEHOUSE_ADMIN_PASSWORD_HASH": "",
    "GATEHOUSE_FAILPOINT": "",
    "GATEHOUSE_DURABILITY": "",
    "GATEHOUSE_STREAM_SHARDS": "",
    "GATEHOUSE_AUTH": "on",
    "GATEHOUSE_ENVIRONMENT": "",
    "GATEHOUSE_NETWORKS": "",
    "GATEHOUSE_ALLOW_NETWORKS": "",
    "GATEHOUSE_OPERATIONS_NETWORKS": "",
    "GATEHOUSE_TRUSTED_PROXIES": "",
    "GATEHOUSE_INTERNAL_TOKEN": "",
    "GATEHOUSE_INTERNAL_CALLERS": "",
    "GATEHOUSE_OWN_TOKEN": "",
    "GATEHOUSE_PUBLIC_API_URL": "",
    "GATEHOUSE_PUBLIC_CONSOLE_URL": "",
    secret_bundle.VARIABLE: "",
}
_SECRET = re.compile(r"GATEHOUSE_[A-Z0-9_]+\Z")
_REFERENCE = re.compile(r"\$\{(GATEHOUSE_[A-Z0-9_]+)(?::-([^}]*))?\}")
_PORTS = [name for name in _DEFAULTS if name.endswith("_PORT")]


@dataclass(frozen=True)
class Settings:
    """Everything a process is told from outside. Secrets do not show in its repr."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    database_read_url: str = field(repr=False)  # a replica for reads of long history; '' for none
    data_dir: Path
    config_dir: Path
    host: str
    ports: dict[str, int]
    api_url: str
    scoring_url: str
    rpc_url: str
    console_url: str
    collector_url: str
    secret_key: str = field(repr=False)
    audit_key: str = field(repr=False)  # signs the audit log; '': secret_key does
    audit_old_keys: tuple[str, ...] = field(repr=False)  # signed it before
    audit_anchor: Path  # the folder outside the database that says which rows there were
    oidc_client_secret: str = field(repr=False)
    admin_user: str
    admin_password_hash: str = field(repr=False)
    failpoint: str
    auth: bool
    internal_token: str = field(repr=False)  # shared by all processes, where they have no tokens of their own
    internal_callers: Mapping[str, bytes]  # SHA-256 of each caller's own token
    own_token: str = field(repr=False)  # what this process shows to the others
    public_api_url: str
    public_console_url: str  # what people type: https://console.example.org/admin/monitoring; '' when nobody said
    environment: str  # "development" or "production"
    networks: tuple[str, ...]  # CIDR texts from which people may come, instead of those in access.toml
    config: Config
    source: Mapping[str, str] = field(default_factory=dict, repr=False)
    channel_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)  # all in one variable

    def secret(self, name: str) -> str:
        """The secret that a configuration file names: variable `name`, the file of `<name>_FILE`, or the one of that
        name in GATEHOUSE_CHANNEL_SECRETS; '' when absent.

        Only names that start with GATEHOUSE_ are read. Raises ConfigError for another name or an unreadable file.
        """
        problems = [] if _SECRET.match(name) else [f"{name!r} is not a secret's name: it must start with GATEHOUSE_"]
        value = "" if problems else _read(self.source, name, self.channel_secrets.get(name, ""), problems)
        if problems:
            raise ConfigError(problems)
        return value

    def expand(self, raw: Any) -> Any:
        """The texts of a TOML value with `${GATEHOUSE_X:-default}` replaced by the variable or its _FILE's content."""
        if isinstance(raw, dict):
            return {name: self.expand(value) for name, value in raw.items()}
        if isinstance(raw, list):
            return [self.expand(value) for value in raw]
        return _REFERENCE.sub(lambda it: self.secret(it[1]) or it[2] or "", raw) if isinstance(raw, str) else raw

    def section(self, name: str, kind: type[T], variables: bool = False) -> T:
        """A room's own file `config/<name>.toml` as `kind`, with variables put in when it may name some.

        Raises ConfigError naming file and field.
        """
        problems: list[str] = []
        raw = config_files.toml(path := self.config_dir / f"{name}.toml", problems)
        value: T | None = config_files.typed(self.expand(raw) if variables else raw, kind, path, problems)
        if problems or value is None:
            raise ConfigError(problems)
        return value

    def require(self, *names: str) -> None:
        """Raise ConfigError unless each named setting is present."""
        missing = [f"{_variable(name)} is not set" for name in names if not getattr(self, name)]
        if missing:
            raise ConfigError(missing)


def at_hand() -> Mapping[str, str]:
    """The environment, over what the local stack of this folder published, unless other stores are named there."""
    try:
        published = codec.decode((Path(os.environ.get("GATEHOUSE_DATA") or ".gatehouse") / "addresses").read_bytes())
    except (OSError, ValueError):
        return os.environ
    for name in ("DATABASE_URL", "REDIS_URL"):
        problems: list[str] = []
        if _read(os.environ, name, "", problems) not in ("", published.get(name)) or problems:
            return os.environ  # two installations are never mixed
    return {**published, **{name: value for name, value in os.environ.items() if value}}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises ConfigError with every problem found."""
    problems: list[str] = []
    source = os.environ if environ is None else environ
    value = {name: _read(source, name, default, problems) for name, default in _DEFAULTS.items()}
    ports = {
        name.removeprefix("GATEHOUSE_").removesuffix("_PORT").lower(): _port(value, name, problems) for name in _PORTS
    }
    config_dir = Path(value["GATEHOUSE_CONFIG"])
    config = _config(config_dir, value, problems)
    for name, schemes in _SCHEMES.items():
        if value[name] and not value[name].startswith(schemes):
            problems.append(f"{name} must start with {schemes[0]}")
    problems += access_checks.problems_of(value)
    callers = process_tokens.read(value, problems)
    bundle = secret_bundle.read(value[secret_bundle.VARIABLE], problems)
    problems += public_url.problems_of("GATEHOUSE_PUBLIC_CONSOLE_URL", value["GATEHOUSE_PUBLIC_CONSOLE_URL"])
    if problems or config is None:
        raise ConfigError(problems)
    host = value["GATEHOUSE_HOST"]
    return Settings(
        database_url=value["DATABASE_URL"],
        redis_url=value["REDIS_URL"],
        database_read_url=value["DATABASE_READ_URL"],
        data_dir=Path(value["GATEHOUSE_DATA"]),
        config_dir=config_dir,
        host=host,
        ports=ports,
        api_url=value["GATEHOUSE_API_URL"] or f"http://{host}:{ports['api']}",
        scoring_url=value["GATEHOUSE_SCORING_URL"] or f"http://{host}:{ports['scoring']}",
        rpc_url=value["GATEHOUSE_RPC_URL"] or f"http://{host}:{ports['rpc']}",
        console_url=value["GATEHOUSE_CONSOLE_URL"] or f"http://{host}:{ports['console']}",
        collector_url=value["GATEHOUSE_COLLECTOR_URL"] or f"http://{host}:{ports['metrics']}",
        secret_key=value["GATEHOUSE_SECRET_KEY"],
        audit_key=value["GATEHOUSE_AUDIT_KEY"],
        audit_old_keys=tuple(_listed(value["GATEHOUSE_AUDIT_OLD_KEYS"])),
        audit_anchor=Path(value["GATEHOUSE_AUDIT_ANCHOR"] or Path(value["GATEHOUSE_DATA"]) / "audit"),
        oidc_client_secret=value["GATEHOUSE_OIDC_CLIENT_SECRET"],
        admin_user=value["GATEHOUSE_ADMIN_USER"],
        admin_password_hash=value["GATEHOUSE_ADMIN_PASSWORD_HASH"],
        failpoint=value["GATEHOUSE_FAILPOINT"],
        auth=value["GATEHOUSE_AUTH"] == "on",
        internal_token=value["GATEHOUSE_INTERNAL_TOKEN"],
        internal_callers=callers,
        own_token=value["GATEHOUSE_OWN_TOKEN"] or value["GATEHOUSE_INTERNAL_TOKEN"],
        public_api_url=value["GATEHOUSE_PUBLIC_API_URL"].rstrip("/"),
        public_console_url=value["GATEHOUSE_PUBLIC_CONSOLE_URL"].rstrip("/"),
        environment=value["GATEHOUSE_ENVIRONMENT"] or ("development" if host in LOOPBACK else "production"),
        networks=tuple(_listed(value["GATEHOUSE_NETWORKS"])),
        config=config,
        source=dict(source),
        channel_secrets=bundle,
    )


def inherited() -> dict[str, str]:
    """The environment as it is, for handing on to a child process."""
    return dict(os.environ)


def secret_file(path: Path) -> str:
    """A secret that a platform keeps in a file of its own and may renew at any time. Raises ConfigError."""
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError([f"cannot read the secret file {path}: {reason}"]) from error


def _variable(name: str) -> str:
    return name.upper() if name in ("database_url", "redis_url", "database_read_url") else f"GATEHOUSE_{name.upper()}"


def _read(source: Mapping[str, str], name: str, default: str, problems: list[str]) -> str:
    if source.get(name):
        return source[name]
    if path := source.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            if name not in process_tokens.OPTIONAL or not isinstance(error, FileNotFoundError):
                problems.append(f"{name}_FILE: cannot read {path}: {error.strerror}")
    return default


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _port(value: dict[str, str], name: str, problems: list[str]) -> int:
    if value[name].isdigit() and 0 < int(value[name]) < 65536:
        return int(value[name])
    problems.append(f"{name} must be a port number, not {value[name]!r}")
    return 0


def _config(folder: Path, value: dict[str, str], problems: list[str]) -> Config | None:
    raw = config_files.read(folder, problems)
    if value["GATEHOUSE_DURABILITY"]:
        raw["ingest"]["durability"] = value["GATEHOUSE_DURABILITY"]
    if shards := value["GATEHOUSE_STREAM_SHARDS"]:
        raw["ingest"]["stream_shards"] = int(shards) if shards.isdecimal() else shards
    for name in ("allow_networks", "operations_networks", "trusted_proxies"):
        if found := _listed(value[f"GATEHOUSE_{name.upper()}"]):
            raw["limits"][name] = found
    parts = config_files.convert(folder, raw, problems)
    if problems:
        return None
    config = Config(**parts)
    problems += cross_checks.problems(config, {name: (folder / f"{name}.toml").read_text() for name in raw})
    return config


def prefer(name: str, value: str) -> None:
    """Set a variable that a library reads when it is loaded, unless somebody has set it for this process."""
    os.environ.setdefault(name, value)
