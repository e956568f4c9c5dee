"""`python -m ml train`: a model from a file or from stored, labelled predictions; `bootstrap` the first ones."""

import argparse
import time
from pathlib import Path
from typing import Any

from core import clock
from core.errors import BadInput
from core.models import registry as models
from core.models import roles as model_roles
from core.stores import Stores
from ml import registry
from ml.artefact import Algorithm
from ml.commands import protocol, roles
from ml.config import ModelConfig
from ml.data import identifiers, stored, table
from ml.data.column_errors import OPTIONS, BadColumn, worded
from ml.data.split import DAY
from ml.data.table import Mapping, Table
from ml.progress import Bar


def add(commands: Any) -> None:
    """Describe `train` and `bootstrap`."""
    train = commands.add_parser("train", help="train a model from a file or from stored labelled predictions")
    train.add_argument("data", nargs="?", type=Path, help="CSV (any delimiter; gzip, xz or bzip2) or Parquet")
    add_mapping(train)
    protocol.add(train)
    train.add_argument("--stored", action="store_true", help="train on stored predictions that have labels")
    train.add_argument("--days", type=int, default=30, help="with --stored: how far back")
    train.add_argument("--algorithm", choices=["boosted", "forest", "ensemble"], default="boosted")
    train.add_argument("--note", default="", help="a note stored with the model")
    train.add_argument("--card", type=Path, help="write the model card here (.html or .json)")
    train.add_argument("--promote", action="store_true", help="make the model the champion (--role champion)")
    train.add_argument("--role", choices=model_roles.ROLES, help="the role to give the model")
    bootstrap = commands.add_parser("bootstrap", help="train the first champion and ensemble if there are none")
    bootstrap.add_argument("data", type=Path, help="CSV written by `python -m simulator dataset`")


def add_mapping(parser: argparse.ArgumentParser) -> None:
    """The arguments that say which column is what."""
    parser.add_argument("--label", help="label column (0/1, true/false, yes/no, fraud/legit)")
    parser.add_argument("--fraud-is", metavar="VALUE", help="label value that means fraud; all others are legitimate")
    parser.add_argument("--legit-is", nargs="+", default=[], metavar="VALUE", help="label values that are legitimate")
    parser.add_argument("--skip-unlabelled", action="store_true", help="skip rows without a label")
    parser.add_argument("--time", help="time column used to split the rows (default: file order)")
    parser.add_argument("--id", help="transaction id column; ids must be unique")
    parser.add_argument("--entity", help="card or wallet column")
    parser.add_argument("--amount", help="amount column, for the cost curve")
    parser.add_argument("--features", nargs="+", default=[], help="feature columns (default: all others)")
    parser.add_argument("--categorical", nargs="+", default=[], help="numeric columns to treat as categories")
    parser.add_argument("--ignore", nargs="+", default=[], help="columns to exclude")
    parser.add_argument("--delimiter", help="delimiter (default: detected)")
    parser.add_argument("--encoding", help="encoding (default: detected)")


def mapping(arguments: argparse.Namespace) -> Mapping:
    """Column mapping, as the arguments say."""
    return Mapping(
        label=arguments.label,
        time=arguments.time,
        id=arguments.id,
        entity=arguments.entity,
        amount=arguments.amount,
        features=tuple(arguments.features),
        categorical=tuple(arguments.categorical),
        ignore=tuple(arguments.ignore),
        delimiter=arguments.delimiter,
        encoding=arguments.encoding,
        fraud_is=arguments.fraud_is,
        skip_unlabelled=arguments.skip_unlabelled,
        legit_is=tuple(arguments.legit_is),
    )


def run(arguments: argparse.Namespace, stores: Stores, config: ModelConfig) -> int:
    """Train; everything is checked before anything is registered. Raises BadInput."""
    from ml.train import training  # XGBoost, which the other commands do without

    rules = protocol.of(arguments)
    data = _read(arguments, stores)
    print(f"{len(data.rows):,} rows, {int(data.labels.sum()):,} frauds, {len(data.features)} features")
    for reason in data.left_out:
        print(f"left out: {reason}")
    began = time.monotonic()
    if arguments.entity and rules.drop_known and rules.assumed and not rules.shuffle:
        print(protocol.ASSUMED)
    try:
        with Bar() as bar:
            artefact = training.train(data, config, arguments.algorithm, arguments.note, rules, bar.tell)
    except BadInput as error:
        raise worded(error, OPTIONS) from None
    version = registry.save(stores.database, artefact, stores.model_seal)
    metrics, measures = artefact.metrics, artefact.card["measures"]
    for line in protocol.said(artefact.card):
        print(line)
    for kind, used in artefact.card["model"]["parameters"].items():
        tried = len(artefact.card["model"]["search"].get(kind, []))
        settings = f"weight {used['weight']:g}, depth {used['depth']}, {used['rounds']} trees"
        print(f"{kind}: {settings}" + (f", the best of {tried} on the older rows" if tried else ", as configured"))
    print(f"trained in {time.monotonic() - began:.1f} s")
    for name, words in (("auc_roc", "AUC ROC"), ("average_precision", "average precision")):
        low, high = artefact.card["intervals"].get(name, (0.0, 1.0))
        print(f"model {version}: {words} {metrics[name]:.4f} (95 % interval {low:.4f} to {high:.4f})")
    print(
        f"at {metrics['threshold']:.2f}: precision {metrics['precision']:.3f}, recall {metrics['recall']:.3f}, "
        f"F1 {metrics['f1']:.3f}"
    )
    print(f"mean score {measures['mean_score']:.4f} against a fraud rate of {measures['fraud_rate']:.4f}")
    for warning in artefact.card["warnings"]:
        print(f"warning: {warning}")
    if arguments.card:
        roles.write_card(stores, version, arguments.card)
    role = model_roles.CHAMPION if arguments.promote else arguments.role
    return roles.assign(stores, version, role) if role else 0


def bootstrap(arguments: argparse.Namespace, stores: Stores, config: ModelConfig) -> int:
    """A first champion (boosted trees) and the ensemble that an incident may switch to (A3), from the same file.

    With the settings as configured, for a newcomer waits for it.
    """
    from ml.train import training

    wanted: dict[str, Algorithm] = {model_roles.CHAMPION: "boosted", model_roles.ENSEMBLE: "ensemble"}
    data: Table | None = None
    for role, algorithm in wanted.items():
        version = models.role(stores.database, role)
        if version is not None:
            print(f"model {version} is already the {role}")
            continue
        data = data or table.load(arguments.data, Mapping("is_fraud", time="timestamp"))
        artefact = training.train(data, config, algorithm, "first", search=False)
        roles.assign(stores, registry.save(stores.database, artefact, stores.model_seal), role)
    return 0


def _read(arguments: argparse.Namespace, stores: Stores) -> Table:
    if arguments.stored:
        champion = models.champion(stores.live, stores.database)
        if champion is None:
            raise BadInput("--stored", "no model has been promoted yet")
        return stored.read(stores, champion, clock.now() - arguments.days * DAY)
    if arguments.data is None or arguments.label is None:
        raise BadInput("train", "a file and --label are needed, or --stored")
    try:
        wanted = mapping(arguments)
        return identifiers.without(table.load(arguments.data, wanted), wanted)
    except BadColumn as error:
        raise error.worded(OPTIONS) from None
