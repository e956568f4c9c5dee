"""CSV files of transactions with any column names, as transaction events, scored first when features are mapped.

`--map amount=order_price timestamp=EVENT_TIMESTAMP ip=ip_address`: fields of a transaction, and `feature:NAME`
for features. `--label COLUMN` sends what a row really was (0/1, fraud/legit) as a chargeback label.
"""

import csv
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from core.errors import BadInput
from simulator.replayer import Item, Malformed, Parsed, Reader

FIELDS = ("timestamp", "amount", "platform_fee", "type", "wallet", "counterparty", "event_id", "ip")
_FEATURE = "feature:"
_LABELS = {"1": "fraud", "0": "legit", "true": "fraud", "false": "legit", "fraud": "fraud", "legit": "legit"}
_BOOLEANS = {"true": True, "false": False}


def read(lines: list[str], options: Namespace) -> Parsed:
    """A transaction a row. Raises BadInput for a mapping or a column that does not exist."""
    table = csv.reader(lines)
    try:
        header = [name.strip().lstrip("\ufeff") for name in next(table)]
    except (StopIteration, csv.Error):
        raise BadInput("row 1", "the file has no header") from None
    mapping = mapped(options.map, header, options.label)
    parsed = Parsed()
    while True:
        try:
            row = next(table)
        except StopIteration:
            return parsed
        except csv.Error as error:
            parsed.malformed.append((table.line_num, f"not CSV: {error}"))
            continue
        if not any(row):
            parsed.skipped += 1
            continue
        try:
            if len(row) != len(header):
                raise Malformed(f"has {len(row)} values, the header {len(header)}")
            parsed.items.append(
                item(dict(zip(header, row, strict=True)), table.line_num, mapping, options.type, options.label)
            )
        except Malformed as error:
            parsed.malformed.append((table.line_num, str(error)))


def item(row: dict[str, str], number: int, mapping: dict[str, str], usual_type: str, label: str | None) -> Item:
    """The transaction of one row. Raises Malformed."""
    values = {name: row[column].strip() for name, column in mapping.items() if row[column].strip()}
    if "amount" not in values:
        raise Malformed(f"has no amount in {mapping['amount']!r}")
    if "timestamp" not in values:
        raise Malformed(f"has no time in {mapping['timestamp']!r}")
    event: dict[str, Any] = {"kind": "transaction", "type": values.get("type", usual_type).lower()}
    if event["type"] not in ("purchase", "transfer"):
        raise Malformed(f"type is {event['type'][:40]!r}, not purchase or transfer")
    event["amount"] = _amount(values["amount"], mapping["amount"])
    if "platform_fee" in values:
        event["platform_fee"] = _amount(values["platform_fee"], mapping["platform_fee"])
    event |= {name: values[name][:200] for name in ("wallet", "counterparty", "event_id") if name in values}
    if "ip" in values:
        event["ip"] = _address(values["ip"])
    features = {
        name.removeprefix(_FEATURE): _feature(value, mapping[name])
        for name, value in values.items()
        if name.startswith(_FEATURE)
    }
    features.setdefault("amount", event["amount"])
    score = {"amount": event["amount"], "features": features}
    score |= {name: event[name] for name in ("wallet", "ip") if name in event}
    return Item(number, _time(values["timestamp"]), event, score, _truth(row, label))


def mapped(pairs: list[str], header: list[str], label: str | None) -> dict[str, str]:
    """Field → column of the options. Raises BadInput."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        name, _, column = pair.partition("=")
        if not column:
            raise BadInput("--map", f"{pair!r} is not field=column")
        if name not in FIELDS and not name.startswith(_FEATURE):
            raise BadInput("--map", f"there is no field {name!r}: {', '.join(FIELDS)}, feature:NAME")
        mapping[name] = column
    for name in ("amount", "timestamp"):
        mapping.setdefault(name, name)
    for column in [*mapping.values(), *([label] if label else [])]:
        if column not in header:
            raise BadInput("row 1", f"has no column {column!r}; it has {', '.join(header)}")
    return mapping


def _truth(row: dict[str, str], label: str | None) -> str | None:
    if label is None or not row[label].strip():
        return None
    try:
        return _LABELS[row[label].strip().lower()]
    except KeyError:
        raise Malformed(f"{row[label][:40]!r} in {label!r} is not a label: 0/1 or fraud/legit") from None


def _amount(text: str, column: str) -> float:
    value = _number(text, column)
    if not 0 <= value <= 1e11:
        raise Malformed(f"{text[:40]!r} in {column!r} is no amount")
    return value


def _feature(text: str, column: str) -> float | bool:
    return _BOOLEANS[text.lower()] if text.lower() in _BOOLEANS else _number(text, column)


def _number(text: str, column: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Malformed(f"{text[:40]!r} in {column!r} is not a number") from None
    if not -1e30 <= value <= 1e30:
        raise Malformed(f"{text[:40]!r} in {column!r} is not a usable number")
    return value


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise Malformed(f"{text[:40]!r} is not an IP address") from None


def _time(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f"{text[:40]!r} is not ISO 8601 or epoch seconds") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def options(parser: ArgumentParser) -> None:
    """Of this kind of file."""
    parser.add_argument("--map", nargs="+", default=[], metavar="FIELD=COLUMN", help="which column is which field")
    parser.add_argument("--label", help="column that says what a row really was")
    parser.add_argument("--type", default="purchase", choices=["purchase", "transfer"], help="of rows that do not say")


READER = Reader("CSV of transactions → scored transactions, labels", read, options)
