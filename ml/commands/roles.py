"""`python -m ml list`, `promote`, `rollback`, `card`: the registry from the command line."""

import argparse
from pathlib import Path
from typing import Any

from core import codec
from core.audit.actors import COMMAND_LINE
from core.errors import BadInput
from core.models import registry, roles
from core.stores import Stores

ACTOR = COMMAND_LINE


def add(commands: Any) -> None:
    """Describe the commands."""
    commands.add_parser("list", help="registered models, newest first")
    promote = commands.add_parser("promote", help="make a version the champion")
    promote.add_argument("version", type=int)
    promote.add_argument("--role", choices=roles.ROLES, default=roles.CHAMPION)
    commands.add_parser("rollback", help="restore the previous champion")
    card = commands.add_parser("card", help="write a model's card to a file")
    card.add_argument("version", type=int)
    card.add_argument("file", type=Path, help="ends in .html or .json")


def listing(stores: Stores) -> int:
    """Print the registry."""
    rows = registry.listing(stores.database)
    for row in rows:
        metrics = row["metrics"]
        print(
            f"{row['version']:>5}  {row['created_at']:%Y-%m-%d %H:%M}  {row['algorithm']:<8}  "
            f"AUC {metrics.get('auc_roc', 0):.4f}  AP {metrics.get('average_precision', 0):.4f}  "
            f"{row['role'] or '':<8}  {row['note']}"
        )
    if not rows:
        print("no models registered")
    return 0


def promote(arguments: argparse.Namespace, stores: Stores) -> int:
    """Give a version a role."""
    return assign(stores, arguments.version, arguments.role)


def assign(stores: Stores, version: int, role: str) -> int:
    """Give a version a role and say so. Raises BadInput."""
    registry.promote(stores.live, stores.database, version, role=role, actor=ACTOR, audit=stores.audit)
    print(f"model {version} is the {role}")
    return 0


def roll_back(stores: Stores) -> int:
    """The champion before. Raises BadInput when there was none."""
    with stores.database.transaction() as connection:
        change = roles.roll_back(connection, stores.audit, ACTOR)
    roles.publish(stores.live, change)
    print(f"model {change.after} is the champion again, replacing model {change.before}")
    return 0


def card(arguments: argparse.Namespace, stores: Stores) -> int:
    """Write a card to a file."""
    write_card(stores, arguments.version, arguments.file)
    return 0


def write_card(stores: Stores, version: int, file: Path) -> None:
    """Write a model's card as the file's ending says. Raises BadInput when there is none, or it cannot be written."""
    if file.suffix not in (".html", ".json"):
        raise BadInput(str(file), "a card is written to .html or .json")
    document, page = registry.card(stores.database, version), registry.card_html(stores.database, version)
    if document is None or page is None:
        raise BadInput("version", f"model {version} has no card")
    try:
        file.write_bytes(codec.encode(document) if file.suffix == ".json" else page.encode())
    except OSError as error:
        raise BadInput(str(file), f"cannot be written: {error.strerror}") from error
    print(f"the card of model {version} is in {file}")
