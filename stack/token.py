"""`python -m stack token create | list | revoke`: the tokens of machines, from the command line.

Reaches the running local stack by itself; elsewhere it needs DATABASE_URL and GATEHOUSE_SECRET_KEY.
"""

import argparse
from collections.abc import Sequence
from datetime import datetime, timedelta

from core import clock
from core.identity import tokens
from stack.reach import reached
from stack.start import Stack


def run(stack: Stack, arguments: Sequence[str]) -> int:
    """One command; exit code 0. Raises GatehouseError and StackError."""
    asked = _parser().parse_args(arguments)
    with reached(stack) as (database, audit, actor):
        if asked.command == "create":
            until = clock.to_datetime(clock.now()) + timedelta(days=asked.days) if asked.days else None
            token_id, text = tokens.create(
                database, audit, asked.name, asked.scope, actor, until, services=asked.service
            )
            print(f"token {token_id}, shown this once:\n\n  {text}\n")
        elif asked.command == "revoke":
            print(f"token {asked.id} ({tokens.revoke(database, audit, asked.id, actor).name}) is revoked")
        else:
            _show(tokens.listed(database))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stack token")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="create a token and show it once")
    create.add_argument("--name", required=True, help="name of the system that will use it")
    create.add_argument(
        "--scope", required=True, action="append", choices=tokens.SCOPES, help="may be given repeatedly"
    )
    create.add_argument(
        "--service", action="append", default=[], metavar="NAME",
        help="report only for this service, may be given repeatedly (default: any)",
    )  # fmt: skip
    create.add_argument("--days", type=float, default=0.0, help="expires after so many days (default: never)")
    commands.add_parser("list", help="list tokens with scopes and last use")
    commands.add_parser("revoke", help="revoke a token").add_argument("id")
    return parser


def _show(found: Sequence[tokens.Token]) -> None:
    if not found:
        print("No tokens yet. Create one with `python -m stack token create --name NAME --scope ingest`.")
    for one in found:
        state = "revoked" if one.revoked_at else f"until {_day(one.expires_at)}" if one.expires_at else "live"
        bound = f", for {', '.join(one.services)}" if one.services else ""
        used = f"used {_day(one.last_used_at)}" if one.last_used_at else "never used"
        scopes = ",".join(one.scopes)
        print(f"{one.id}  {one.name:<30} {scopes:<18} {state:<22} {used}, created by {one.created_by}{bound}")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
