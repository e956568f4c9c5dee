"""The command line of `python -m ml`: what there is, and who does it (`ml/commands`)."""

import argparse

from core.settings import Settings
from core.stores import assemble
from ml import config as model_config
from ml import worker
from ml.commands import drift, roles, score, shadow, sign, train


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m ml", description="Train, evaluate, list and promote fraud models.")
    commands = top.add_subparsers(dest="command", required=True)
    for module in (train, roles, score, shadow, sign, drift):
        module.add(commands)
    commands.add_parser("worker", help="run due training runs until stopped")
    return top


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Carry the command out; returns the exit code. Raises GatehouseError."""
    if arguments.command == "drift":
        return drift.run(arguments, settings)  # two files need no database
    config = model_config.load(settings)
    stores = assemble(settings)
    does = {
        "train": lambda: train.run(arguments, stores, config),
        "bootstrap": lambda: train.bootstrap(arguments, stores, config),
        "list": lambda: roles.listing(stores),
        "promote": lambda: roles.promote(arguments, stores),
        "rollback": lambda: roles.roll_back(stores),
        "card": lambda: roles.card(arguments, stores),
        "shadow": lambda: shadow.run(arguments, stores, config),
        "worker": lambda: worker.run(settings, stores, config),
        "sign": lambda: sign.run(arguments, stores, settings),
        "score": lambda: score.run(arguments, stores, settings),
    }
    try:
        return does[arguments.command]()
    finally:
        stores.close()
