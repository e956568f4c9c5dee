"""`python -m ml sign VERSION`: vouch for a registered model that carries no valid signature, on record."""

import argparse
import getpass
from typing import Any

from core.errors import BadInput
from core.models import registry
from core.settings import Settings
from core.stores import Stores


def add(commands: Any) -> None:
    """Describe `sign`."""
    sign = commands.add_parser("sign", help="sign a registered model as it is; check its origin first")
    sign.add_argument("version", type=int)


def run(arguments: argparse.Namespace, stores: Stores, settings: Settings) -> int:
    """Sign a model. Raises BadInput when there is none, ConfigError without GATEHOUSE_SECRET_KEY."""
    settings.require("secret_key")
    if arguments.version < 1:
        raise BadInput("version", "is a number from 1")
    with stores.database.transaction() as connection:
        registry.sign(connection, arguments.version, stores.model_seal, f"cli:{getpass.getuser()}", stores.audit)
    print(f"model {arguments.version} is now signed")
    return 0
