"""The commands of `python -m ml`: train, drift, list, promote, rollback, bootstrap."""

import argparse
from pathlib import Path

from core import clock
from core.errors import BadInput
from core.settings import Settings
from core.store import model_roles, models
from core.store.assembly import Stores, assemble
from ml import config as model_config
from ml import drift_cli, registry, stored, table, training
from ml.config import ModelConfig

_DAY = 86400.0
ACTOR = "command line"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m ml", description="Train, list and promote fraud models.")
    commands = top.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train a model from a CSV file or from stored labelled predictions")
    train.add_argument("data", nargs="?", type=Path, help="CSV file with a header")
    train.add_argument("--label", help="column that says what is fraud (0/1, true/false, fraud/legit)")
    train.add_argument("--time", help="column of times; rows are split by it (default: the file is in order)")
    train.add_argument("--features", nargs="+", default=[], help="columns to learn from (default: all others)")
    train.add_argument("--ignore", nargs="+", default=[], help="columns to leave out")
    train.add_argument("--stored", action="store_true", help="train on stored predictions that have labels")
    train.add_argument("--days", type=int, default=30, help="with --stored: how far back")
    train.add_argument("--algorithm", choices=["boosted", "forest", "ensemble"], default="boosted")
    train.add_argument("--note", default="", help="a remark kept with the model")
    train.add_argument("--promote", action="store_true", help="make the model the champion (--role champion)")
    train.add_argument("--role", choices=model_roles.ROLES, help="the role that the model gets at once")
    drift_cli.add(commands)
    commands.add_parser("list", help="registered models, newest first")
    promote = commands.add_parser("promote", help="make a version the champion")
    promote.add_argument("version", type=int)
    promote.add_argument("--role", choices=model_roles.ROLES, default=model_roles.CHAMPION)
    commands.add_parser("rollback", help="make the champion before the present one champion again")
    bootstrap = commands.add_parser("bootstrap", help="train the first champion and ensemble, where there are none")
    bootstrap.add_argument("data", type=Path, help="CSV written by `python -m simulator dataset`")
    return top


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Carry the command out; returns the exit code. Raises GatehouseError."""
    if arguments.command == "drift":
        return drift_cli.run(arguments, settings)
    config = model_config.load(settings)
    stores = assemble(settings)
    try:
        if arguments.command == "list":
            return _list(stores)
        if arguments.command == "promote":
            return _assign(stores, arguments.version, arguments.role)
        if arguments.command == "rollback":
            return _roll_back(stores)
        if arguments.command == "bootstrap":
            return _bootstrap(arguments, stores, config)
        return _train(arguments, stores, config)
    finally:
        stores.close()


def _train(arguments: argparse.Namespace, stores: Stores, config: ModelConfig) -> int:
    if arguments.stored:
        champion = models.champion(stores.live, stores.database)
        if champion is None:
            raise BadInput("--stored", "no model has been promoted yet")
        data = stored.read(stores.database, champion, clock.now() - arguments.days * _DAY)
    elif arguments.data is None or arguments.label is None:
        raise BadInput("train", "a CSV file and --label are needed, or --stored")
    else:
        ignored = [*arguments.ignore, *_ids(arguments.data, arguments.ignore)]
        data = table.read(arguments.data, arguments.label, arguments.time, arguments.features, ignored)
    print(f"{len(data.rows):,} rows, {int(data.labels.sum()):,} frauds, {len(data.features)} features")
    artefact = training.train(data, config, arguments.algorithm, arguments.note)
    version = registry.save(stores.database, artefact)
    metrics = artefact.metrics
    print(f"model {version}: AUC ROC {metrics['auc_roc']:.4f}, average precision {metrics['average_precision']:.4f}")
    print(
        f"at {metrics['threshold']:.2f}: precision {metrics['precision']:.3f}, recall {metrics['recall']:.3f}, "
        f"F1 {metrics['f1']:.3f}"
    )
    role = model_roles.CHAMPION if arguments.promote else arguments.role
    return _assign(stores, version, role) if role else 0


def _assign(stores: Stores, version: int, role: str) -> int:
    models.promote(stores.live, stores.database, version, role=role, actor=ACTOR, audit=stores.audit)
    print(f"model {version} is the {role}")
    return 0


def _roll_back(stores: Stores) -> int:
    with stores.database.transaction() as connection:
        change = model_roles.roll_back(connection, stores.audit, ACTOR)
    model_roles.publish(stores.live, change)
    print(f"model {change.after} is the champion again, model {change.before} is not any more")
    return 0


def _bootstrap(arguments: argparse.Namespace, stores: Stores, config: ModelConfig) -> int:
    """A first champion (boosted trees) and the ensemble that an incident may switch to (A3), from the same file."""
    wanted = {model_roles.CHAMPION: "boosted", model_roles.ENSEMBLE: "ensemble"}
    for role, algorithm in wanted.items():
        version = models.role(stores.database, role)
        if version is not None:
            print(f"model {version} is the {role} already")
            continue
        words = ["train", str(arguments.data), "--label", "is_fraud", "--time", "timestamp"]
        words += ["--algorithm", algorithm, "--role", role, "--note", "first"]
        _train(parser().parse_args(words), stores, config)
    return 0


def _list(stores: Stores) -> int:
    rows = models.listing(stores.database)
    for row in rows:
        metrics = row["metrics"]
        mark = row["role"] or ""
        print(
            f"{row['version']:>5}  {row['created_at']:%Y-%m-%d %H:%M}  {row['algorithm']:<8}  "
            f"AUC {metrics.get('auc_roc', 0):.4f}  AP {metrics.get('average_precision', 0):.4f}  "
            f"{mark:<8}  {row['note']}"
        )
    if not rows:
        print("no model is registered")
    return 0


def _ids(path: Path, ignored: list[str]) -> list[str]:
    """A column named transaction_id is never something to learn from."""
    try:
        header = path.open(encoding="utf-8-sig", errors="replace").readline().strip().split(",")
    except OSError:
        return []
    return ["transaction_id"] if "transaction_id" in header and "transaction_id" not in ignored else []
