"""`python -m stack threats import | list | remove`: the threat list, from the command line.

Reaches the running local stack by itself; elsewhere it needs DATABASE_URL and GATEHOUSE_SECRET_KEY.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from core import clock
from core.audit.chain import Audit
from core.db.engine import Database
from core.errors import BadInput
from core.security import threat_store
from core.security.threat_store import New
from core.security.threats import KINDS, kind_of
from core.web.client import networks, within
from stack import threat_file
from stack.failure import StackError
from stack.reach import reached
from stack.start import Stack
from stack.threat_file import TELL


def run(stack: Stack, arguments: Sequence[str]) -> int:
    """One command; exit code 0, or 1 when lines of a file were left out. Raises GatehouseError and StackError."""
    asked = _parser().parse_args(arguments)
    with reached(stack) as (database, audit, actor):
        if asked.command == "import":
            return _import(stack, database, audit, asked, actor)
        if asked.command == "remove":
            with database.transaction() as connection:
                found = threat_store.remove(connection, audit, kind_of(asked.value), asked.value, actor)
            print(f"{found.value} was removed from the list")
        else:
            _show(database, asked.kind)
    return 0


def _import(stack: Stack, database: Database, audit: Audit, asked: argparse.Namespace, actor: str) -> int:
    path: Path = asked.file
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise StackError(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}") from error
    try:
        found = threat_file.parse(text, asked.kind, asked.column)
    except BadInput as error:
        raise StackError(f"{path}: {error.reason}") from error
    limits = stack.settings.config.limits
    spared = networks([*limits.allow_networks, *limits.operations_networks, *limits.trusted_proxies])
    ours = [value for kind, value in found.values if kind == "ip" and within(value, spared)]
    now = clock.now()
    until = now + asked.days * 86400 if asked.days else None
    source = asked.source or path.name
    entries = [
        New(kind, value, asked.reason, source, until)
        for kind, value in found.values
        if not (kind == "ip" and value in ours)
    ]
    if not entries:
        raise StackError(f"{path} contains no IP address or wallet ({len(found.bad)} invalid lines)")
    with database.transaction() as connection:
        new = threat_store.put_many(connection, audit, entries, actor, now, source)
    for line in found.bad[:TELL]:
        print(f"{path}, line {line.line}: {line.reason}")
    if len(found.bad) > TELL:
        print(f"… and {len(found.bad) - TELL} more invalid lines")
    if ours:
        print(f"skipped, because they are always allowed: {', '.join(ours[:TELL])}")
    print(
        f"{len(entries)} entries of {path.name}: {new} new, {len(entries) - new} extended, {found.doubled} duplicates"
    )
    return 1 if found.bad else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stack threats")
    commands = parser.add_subparsers(dest="command", required=True)
    load = commands.add_parser("import", help="add a block-list")
    load.add_argument("file", type=Path, help="one value per line, or CSV with a header")
    load.add_argument("--column", help="the column of a CSV file (default: address, wallet, ip …)")
    load.add_argument("--kind", choices=KINDS, help="kind of the values (default: detected)")
    load.add_argument("--reason", default="block-list", help="reason, shown in the console")
    load.add_argument("--source", help="source (default: the file name)")
    load.add_argument("--days", type=float, default=0.0, help="time until they expire (default: never)")
    show = commands.add_parser("list", help="list active entries")
    show.add_argument("--kind", choices=KINDS)
    commands.add_parser("remove", help="remove an entry").add_argument("value")
    return parser


def _show(database: Database, kind: str | None) -> None:
    with database.transaction() as connection:
        found = list(threat_store.everything(connection, clock.now(), kind))
    for one in found:
        until = f"until {one.until:%Y-%m-%d %H:%M}" if one.until else "never expires"
        print(f"{one.kind:<7} {one.value:<44} {until:<24} {one.source}: {one.reason}")
    print(f"{len(found)} entries")
