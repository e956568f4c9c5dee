"""CSV files of transactions with any column names, as transaction events, scored first when features are mapped.

`--map amount=order_price timestamp=EVENT_TIMESTAMP ip=ip_address`: fields of a transaction, and `feature:NAME`
for features. `--label COLUMN` sends what a row really was (0/1, yes/no, fraud/legit) as a chargeback label. Any usual
delimiter; between semicolons or tabs, numbers may have decimal commas.
"""

import csv
from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Sequence
from ipaddress import ip_address
from typing import Any

from core import cells, csv_text, days, decimals
from core.errors import BadInput
from simulator.replayer import Item, Malformed, Parsed, Reader, moment

FIELDS = ("timestamp", "amount", "platform_fee", "type", "wallet", "counterparty", "event_id", "ip")
_FEATURE = "feature:"
_WORD = 200  # letters of a word that are kept


def read(lines: list[str], options: Namespace) -> Parsed:
    """A transaction a row. Raises BadInput for a mapping or a column that does not exist."""
    delimiter = csv_text.delimiter(lines[0] if lines else "")
    table = csv.reader(lines, delimiter=delimiter)
    try:
        header = [name.strip().lstrip("\ufeff") for name in next(table)]
    except (StopIteration, csv.Error):
        raise BadInput("row 1", "the file has no header") from None
    mapping = mapped(options.map, header, options.label)
    parsed = Parsed()
    numbers, rows = _rows(table, len(header), parsed)
    columns = [decimals.pointed(column, delimiter) for column in zip(*rows, strict=True)]
    places = {header.index(mapping["timestamp"])} if columns else set()
    columns = [_times(column, header[i]) if i in places else column for i, column in enumerate(columns)]
    # A letter says true or false only in a column of nothing else: F beside M is a word.
    truths = {name for name, column in zip(header, columns, strict=False) if cells.are_truths(column)}
    read = zip(header, columns, strict=False) if delimiter != "," else ()  # there a quoted comma marks no number
    unclear = {name for name, column in read if _is_unclear(column)}
    for number, row in zip(numbers, zip(*columns, strict=True), strict=True):
        values = dict(zip(header, row, strict=True))
        try:
            parsed.items.append(item(values, number, mapping, options.type, options.label, truths, unclear))
        except Malformed as error:
            parsed.malformed.append((number, str(error)))
    parsed.malformed.sort()
    return parsed


def _rows(table: Any, width: int, parsed: Parsed) -> tuple[list[int], list[list[str]]]:
    """The rows of the header's width with the lines on which they end; the others are noted."""
    numbers: list[int] = []
    rows: list[list[str]] = []
    while True:
        try:
            row = next(table)
        except StopIteration:
            return numbers, rows
        except csv.Error as error:
            parsed.malformed.append((table.line_num, f"not CSV: {error}"))
            continue
        if not any(row):
            parsed.skipped += 1
        elif len(row) != width:
            parsed.malformed.append((table.line_num, f"has {len(row)} values, the header {width}"))
        else:
            numbers.append(table.line_num)
            rows.append(row)


def _is_unclear(column: Sequence[str]) -> bool:
    """Whether a column has numbers whose commas may mark decimals or thousands."""
    if not any("," in value for value in column):
        return False
    return decimals.commas(dict.fromkeys(value.strip() for value in column)).are == "unclear"


def item(
    row: dict[str, str],
    number: int,
    mapping: dict[str, str],
    usual_type: str,
    label: str | None,
    truths: Collection[str] = (),
    unclear: Collection[str] = (),
) -> Item:
    """The transaction of one row; `truths` are columns of nothing but truths, `unclear` those whose commas may mean two
    things. Raises Malformed.
    """
    values = {name: row[column].strip() for name, column in mapping.items() if not cells.is_missing(row[column])}
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
        name.removeprefix(_FEATURE): _feature(value, mapping[name], truths, unclear)
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
    if label is None or cells.is_missing(row[label]):
        return None
    said = cells.label(row[label])
    if said is None:
        raise Malformed(f"{row[label][:40]!r} in {label!r} is not a label: 0/1 or fraud/legit")
    return "fraud" if said else "legit"


def _amount(text: str, column: str) -> float:
    value = _number(text, column)
    if not 0 <= value <= 1e11:
        raise Malformed(f"{text[:40]!r} in {column!r} is no amount")
    return value


def _feature(text: str, column: str, truths: Collection[str], unclear: Collection[str]) -> float | bool | str:
    """A truth, a number, or a word: which of them the model takes, scoring knows."""
    said = cells.truth(text) if column in truths else cells.SPELLED.get(text.lower())
    if said is not None:
        return said
    if column in unclear and decimals.is_marked(text):
        raise Malformed(f"{text[:40]!r} in {column!r} is not a number: its comma may mark decimals or thousands")
    return _number(text, column) if cells.is_number(text) else text[:_WORD]


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
        seconds = days.instant(text)
    except (ValueError, OverflowError):
        raise Malformed(f"{text[:40]!r} is not ISO 8601 or epoch seconds") from None
    return moment(seconds, text)


def _times(column: Sequence[str], name: str) -> Sequence[str]:
    """Times that only the whole column tells. Raises BadInput where the day or the month may come first."""
    given = [value.strip() for value in column if not cells.is_missing(value)]
    try:
        read = iter(days.plain(given))
        return ["" if cells.is_missing(value) else next(read) for value in column]
    except days.Ambiguous as error:
        reason = f"{str(error)[:40]!r} may have the day or the month first, and no value tells which; write ISO 8601"
        raise BadInput(f"column {name!r}", reason) from None


def options(parser: ArgumentParser) -> None:
    """Of this kind of file."""
    parser.add_argument("--map", nargs="+", default=[], metavar="FIELD=COLUMN", help="which column is which field")
    parser.add_argument("--label", help="column that says what a row really was")
    parser.add_argument("--type", default="purchase", choices=["purchase", "transfer"], help="of rows that do not say")


READER = Reader("CSV of transactions → scored transactions, labels", read, options)
