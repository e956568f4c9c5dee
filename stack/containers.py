"""What containers need once. `python -m stack.containers DIRECTORY` makes their secrets, once.

One file a secret, for the variables that end in `_FILE`. Each folder of `/run/services` that is mounted gets copies of
what its service needs and nothing else, the token of its own as `own_token`; `/run/redis` and `/run/postgres`, where
they are mounted, what those servers read. The administrator's first password is printed in the run that made it.
`--first-model` trains the first champion unless there is one; `--history` fills in a simulated past unless there are
predictions.
"""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from argon2 import PasswordHasher

from core import process_tokens, settings
from core.db.queries import query
from core.errors import GatehouseError
from core.models import registry
from core.stores import assemble
from stack.files import write_whole

REDIS, POSTGRES, SERVICES = Path("/run/redis"), Path("/run/postgres"), Path("/run/services")
COMMON = ("database_url", "redis_url", "internal_callers", "secret_key")
OWN, SHARED = "own_token", "internal_token"
# What each folder gets besides COMMON. Callers of others have a token of their own, the rest shares `processes`.
NEEDS: dict[str, tuple[str, ...]] = {
    "processes": (),
    "console": ("admin_password_hash",),
    "api": (),
    "alerts": (),
    "simulator": (),
}
USAGE = "usage: python -m stack.containers DIRECTORY | --first-model | --history"


def main(arguments: list[str]) -> int:
    """Exit code 0 when everything is there, 2 with a sentence otherwise."""
    if len(arguments) != 1:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        if arguments[0] == "--first-model":
            return first_model()
        if arguments[0] == "--history":
            return history()
        make_secrets(Path(arguments[0]), settings.load().admin_user)
        return 0
    except (GatehouseError, OSError) as error:
        print(f"containers: {error}", file=sys.stderr)
        return 2


def make_secrets(
    folder: Path, user: str, redis: Path = REDIS, postgres: Path = POSTGRES, services: Path = SERVICES
) -> None:
    """Every secret that is missing, and what follows from them, there and where the servers read. Raises OSError."""
    if (folder / SHARED).exists() and (folder / "internal_callers").exists():
        (folder / SHARED).unlink()  # of the release before; since the last start every process has its own
    word = {name: _kept(folder / name) for name in ("secret_key", "postgres_password", "redis_password")}
    tokens = {name: _kept(folder / f"{name}_token") for name in process_tokens.SCOPES}
    _write(folder / "internal_callers", process_tokens.listing(tokens))
    _write(folder / "database_url", f"postgresql://gatehouse:{word['postgres_password']}@postgres:5432/gatehouse")
    _write(folder / "redis_url", f"redis://:{word['redis_password']}@redis:6379/0")
    if _is_wanted(postgres):
        _write(postgres / "password", word["postgres_password"], 0o444)
    if _is_wanted(redis):
        lines = [
            f"requirepass {word['redis_password']}", "dir /data", "appendonly yes", "appendfsync everysec",
            "maxmemory-policy noeviction",
        ]  # fmt: skip
        _write(redis / "redis.conf", "\n".join(lines) + "\n", 0o444)
    known = folder / "admin_password_hash"
    if not known.exists():
        password = secrets.token_urlsafe(12)
        _write(known, PasswordHasher().hash(password))
        print(f"first login: user {user}, password {password} (shown this once)", flush=True)
    for service, names in NEEDS.items():
        if _is_wanted(services / service):
            _share(folder, services / service, (*COMMON, *names), tokens.get(service))


def _share(folder: Path, into: Path, names: tuple[str, ...], token: str | None) -> None:
    for name in names:
        _write(into / name, (folder / name).read_text())
    if token is not None:
        _write(into / OWN, token)
    if (folder / SHARED).exists():
        _write(into / SHARED, (folder / SHARED).read_text())
    else:
        (into / SHARED).unlink(missing_ok=True)


def first_model() -> int:
    """The first champion, trained on simulated transactions; the exit code of what failed, else 0."""
    stores = assemble(settings.load())
    try:
        if (version := registry.champion(stores.live, stores.database)) is not None:
            print(f"model {version} is the champion")
            return 0
    finally:
        stores.close()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "training.csv"
        return _run("simulator", "dataset", data, "--seed", 1) or _run("ml", "bootstrap", data)


def history() -> int:
    """A simulated past of a week; the exit code of what failed, else 0."""
    stores = assemble(settings.load())
    try:
        with stores.database.transaction() as connection:
            if connection.execute(query("predictions.any")).first():
                print("history already exists")
                return 0
    finally:
        stores.close()
    return _run("simulator", "backfill", "--hours", 24, "--days", 7)


def _run(*arguments: object) -> int:
    return subprocess.run([sys.executable, "-m", *map(str, arguments)], check=False).returncode


def _is_wanted(folder: Path) -> bool:
    """A mounted folder, or one that may be written: whoever only wants the secrets runs the image as somebody else."""
    return folder.is_dir() and (folder.is_mount() or os.access(folder, os.W_OK))


def _kept(path: Path) -> str:
    """The secret of a file, made when it is missing."""
    if not path.exists():
        _write(path, secrets.token_urlsafe(32))
    return path.read_text()


def _write(path: Path, text: str, mode: int = 0o400) -> None:
    write_whole(path, text.encode(), mode)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
