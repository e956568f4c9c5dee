"""`python -m stack backup FILE`, `python -m stack restore FILE [--over]`: the whole of PostgreSQL, which is the truth.

A backup is one consistent snapshot in pg_dump's custom format, taken while everything runs; only its owner may read it.
A restore is one transaction, so it is whole or not at all, and it leaves nothing of what was there, tables that a newer
release added included; afterwards the live edge is rebuilt from it. Both use the client programs of the PostgreSQL
wheel, on the database of DATABASE_URL or of the running local stack.
"""

import getpass
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from core.audit.chain import Audit
from core.db.engine import Database
from core.db.queries import query, sql
from core.settings import ROOT, inherited
from stack.failure import StackError
from stack.postgres import binary
from stack.reach import addresses, log_of
from stack.start import Stack

USAGE = "usage: python -m stack backup FILE | restore FILE [--over]"


def run(stack: Stack, arguments: Sequence[str]) -> int:
    """One command; exit code 0. Raises StackError and DatabaseUnavailable."""
    match list(arguments):
        case ["backup", file]:
            size = backup(addresses(stack)["DATABASE_URL"], Path(file))
            print(f"{file}: {size / 1e6:,.1f} MB, the whole database as of now")
        case ["restore", file, *over] if over in ([], ["--over"]):
            known = addresses(stack)
            log = log_of(stack, known)
            log.restoring()
            restore(known["DATABASE_URL"], Path(file), over=bool(over))
            recorded(known["DATABASE_URL"], log, Path(file).name)
            print(f"{file} is restored; filling Redis from it")
            rebuild(known)
        case _:
            raise StackError(USAGE)
    return 0


def backup(url: str, file: Path) -> int:
    """Write a snapshot to `file`, which must not exist; its size in bytes. Raises StackError."""
    if file.exists():
        raise StackError(f"{file} already exists. Choose another file name.")
    scratch = file.with_name(f".{file.name}.part")
    try:
        scratch.unlink(missing_ok=True)
        scratch.touch(mode=0o600)
        _program("pg_dump", url, "--format=custom", f"--file={scratch}")
        scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)
    return file.stat().st_size


def restore(url: str, file: Path, over: bool = False) -> None:
    """Put a snapshot in place of what is there. Raises StackError, also when that is anything and not `over`."""
    if not file.is_file():
        raise StackError(f"{file} is not a file.")
    # An unreadable file is noticed before anything is done.
    _program("pg_restore", url, "--list", str(file), quiet=True)
    if not over and _holds_something(url):
        raise StackError("The database is not empty. Use `restore FILE --over` to replace all of its data.")
    _put_back(url, file)


def recorded(url: str, log: Audit, name: str) -> None:
    """Say in the audit log that a backup was put back. One of an older release takes the row when it is migrated: the
    anchor remembers the restore until somebody writes."""
    database = Database(url)
    try:
        with database.transaction() as connection:
            signs = log.signs and connection.execute(query("restore.signs")).first() is not None
        if signs:
            log.append(database, f"{getpass.getuser()} (command line)", "database.restore", f"backup:{name}")
    finally:
        database.close()


def rebuild(known: dict[str, str]) -> None:
    """Fill the live edge from PostgreSQL. Raises StackError."""
    done = subprocess.run(
        [sys.executable, "-m", "collector", "rebuild"], cwd=ROOT, env=inherited() | known, check=False
    )
    if done.returncode:
        raise StackError("Redis was not filled. Run `python -m collector rebuild` once Redis is up.")


def _holds_something(url: str) -> bool:
    database = Database(url)
    try:
        with database.transaction() as connection:
            if connection.execute(query("collector.schema")).scalar() is None:
                return False
            return connection.execute(query("collector.anything")).first() is not None
    finally:
        database.close()


def _program(name: str, url: str, *arguments: str, quiet: bool = False) -> None:
    """Run a client program. Raises StackError with its words."""
    done = subprocess.run(
        [binary(name), *arguments], env=_environment(url), stdout=subprocess.DEVNULL if quiet else None,
        stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise StackError(_words(name, done.stderr))


def _put_back(url: str, file: Path) -> None:
    """In one transaction: drop what there is, and run what pg_restore reads. Raises StackError with the first words.

    `pg_restore --clean` drops only what is in the backup: tables of a newer release would stay, and stand in its way
    when it is installed again. The commit is sent only after pg_restore read the file to its end.
    """
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as read:
        reader = subprocess.Popen(
            [binary("pg_restore"), "--no-owner", "--file=-", str(file)], stdout=subprocess.PIPE, stderr=read
        )
        writer = subprocess.Popen(
            [binary("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1"], env=_environment(url), stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=said,
        )  # fmt: skip
        assert reader.stdout is not None
        assert writer.stdin is not None
        try:
            with writer.stdin, reader.stdout:
                writer.stdin.write(f"SET client_min_messages = warning;\nBEGIN;\n{sql('restore.emptied')};\n".encode())
                shutil.copyfileobj(reader.stdout, writer.stdin, 1 << 20)
                if reader.wait() == 0:
                    writer.stdin.write(b"\nCOMMIT;\n")
        except BrokenPipeError:
            pass  # psql has ended and says why
        for name, process, words in (("psql", writer, said), ("pg_restore", reader, read)):
            if process.wait():
                words.seek(0)
                raise StackError(_words(name, words.read()))


def _environment(url: str) -> dict[str, str]:
    """How a client program reaches the database; the password is in no argument."""
    parts = urlsplit(url)
    known = {
        "PGHOST": parts.hostname or "", "PGPORT": str(parts.port or 5432), "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""), "PGDATABASE": parts.path.lstrip("/"), "PGCLIENTENCODING": "UTF8",
    }  # fmt: skip
    return dict(inherited()) | known


def _words(name: str, said: str) -> str:
    first = (said.strip().splitlines() or ["no message"])[0]
    return f"{name}: {first.removeprefix(name).lstrip(': ')}"
