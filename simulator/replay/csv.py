"""CSV files of transactions with any column names, as transaction events, scored first when features are mapped.

`--map amount=order_price timestamp=EVENT_TIMESTAMP ip=ip_address`: fields of a transaction, and `feature:NAME`
for features. `--label COLUMN` sends what a row really was (0/1, yes/no, fraud/legit) as a chargeback label. A file is
read as training reads it: encoding, delimiter, units, marks of thousands, times, Parquet.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Sequence
from ipaddress import ip_address
from typing import Any

from core import nfc
from core.errors import BadInput
from core.tabular import clocks, dates, decimals, missing_values, sheet
from core.tabular import times as moments
from core.tabular.sheet import Sheet
from simulator.replayer import Item, Malformed, Parsed, Reader, moment

FIELDS = (
    *(
        "timestamp",
        "amount",
        "transaction_id",
        "platform_fee",
        "type",
        "wallet",
        "counterparty",
        "event_id",
        "ticket_id",
    ),
    "ip",
)
_FEATURE = "feature:"
_WORD = 200  # letters of a word that are kept
_ID = 200


def read(lines: list[str], options: Namespace) -> Parsed:
    """A transaction a row of a text. Raises BadInput for a mapping or a column that does not exist."""
    if not lines:
        raise BadInput("row 1", "the file has no header")
    return of_content("\n".join(lines).encode(), options)


def of_content(content: bytes, options: Namespace) -> Parsed:
    """A transaction a row. Raises BadInput for a file that is none, a mapping or a column that does not exist."""
    mapping, label = mapped(nfc.every(options.map)), nfc.every(options.label)
    wanted = [*mapping.values(), *([label] if label else [])]
    data = sheet.parse(content, "the file", wanted, options.delimiter, encoding=options.encoding, lenient=True)
    header = list(data.columns)
    parsed = Parsed(skipped=data.blank, malformed=list(data.bad), notes=list(data.notes))
    columns = dict(data.columns)
    if data.numbers:
        columns[mapping["timestamp"]] = _times(data, mapping["timestamp"], parsed)
    # A letter says true or false only in a column of nothing else: F beside M is a word.
    truths = {name for name, column in columns.items() if missing_values.are_truths(column)}
    # Between commas a quoted comma marks no number, unless the column proves it.
    unclear = {name for name, column in columns.items() if data.delimiter != "," and _is_unclear(column)}
    seen: dict[str, int] = {}
    for number, row in zip(data.numbers, zip(*columns.values(), strict=True), strict=True):
        values = dict(zip(header, row, strict=True))
        try:
            found = item(values, number, mapping, options.type, label, truths, unclear)
            if found.own is not None and seen.setdefault(found.own, number) != number:
                raise Malformed(f"the id {found.own[:40]!r} was in row {seen[found.own]} already")
            parsed.items.append(found)
        except Malformed as error:
            parsed.malformed.append((number, str(error)))
    parsed.malformed.sort()
    return parsed


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
    values = {
        name: row[column].strip() for name, column in mapping.items() if not missing_values.is_missing(row[column])
    }
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
    event |= {
        name: values[name][:200] for name in ("wallet", "counterparty", "event_id", "ticket_id") if name in values
    }
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
    own = _own(values.get("transaction_id"), mapping)
    return Item(number, _time(values["timestamp"]), event, score, _truth(row, label), own=own)


def _own(text: str | None, mapping: dict[str, str]) -> str | None:
    """The transaction's own id, where the file has ids: labels that come later name it. Raises Malformed."""
    if "transaction_id" not in mapping:
        return None
    if text is None:
        raise Malformed(f"has no id in {mapping['transaction_id']!r}")
    if len(text) > _ID:
        raise Malformed(f"the id {text[:40]!r}… has {len(text):,} characters; at most {_ID} are accepted")
    return text


def mapped(pairs: list[str]) -> dict[str, str]:
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
    return mapping


def _truth(row: dict[str, str], label: str | None) -> str | None:
    if label is None or missing_values.is_undecided(row[label]):
        return None
    said = missing_values.label(row[label])
    if said is None:
        raise Malformed(f"{row[label][:40]!r} in {label!r} is not a label: 0/1 or fraud/legit")
    return "fraud" if said else "legit"


def _amount(text: str, column: str) -> float:
    value = _number(text, column)
    if not 0 <= value <= 1e11:
        raise Malformed(f"{text[:40]!r} in {column!r} is not an amount")
    return value


def _feature(text: str, column: str, truths: Collection[str], unclear: Collection[str]) -> float | bool | str:
    """A truth, a number, or a word: which of them the model takes, scoring knows."""
    said = missing_values.truth(text) if column in truths else missing_values.SPELLED.get(text.lower())
    if said is not None:
        return said
    if column in unclear and decimals.is_marked(text):
        raise Malformed(f"{text[:40]!r} in {column!r} is not a number: its comma may mark decimals or thousands")
    return _number(text, column) if missing_values.is_number(text) else text[:_WORD]


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
        seconds = dates.instant(text)
    except (ValueError, OverflowError):
        raise Malformed(f"{text[:40]!r} is not ISO 8601 or epoch seconds") from None
    return moment(seconds, text)


def _times(data: Sheet, name: str, parsed: Parsed) -> Sequence[str]:
    """Times that only the whole column tells. Raises BadInput where the day or the month may come first."""
    column, said_of = clocks.completed(data.columns, name)
    parsed.notes += said_of
    given = [value.strip() for value in column if not missing_values.is_missing(value)]
    try:
        read = iter(moments.plain(given, name))
    except dates.Ambiguous as error:
        reason = f"{str(error)[:40]!r} is ambiguous: day or month may come first; use ISO 8601"
        raise BadInput(f"column {name!r}", reason) from None
    parsed.notes += [said] if (said := moments.serial_said(name, given)) else []
    return ["" if missing_values.is_missing(value) else next(read) for value in column]


def options(parser: ArgumentParser) -> None:
    """Of this kind of file."""
    parser.add_argument("--map", nargs="+", default=[], metavar="FIELD=COLUMN", help="column mapping")
    parser.add_argument("--label", help="label column")
    parser.add_argument("--delimiter", help="delimiter (default: detected)")
    parser.add_argument("--encoding", help="encoding (default: detected)")
    parser.add_argument(
        "--type", default="purchase", choices=["purchase", "transfer"], help="type of rows that do not say"
    )


READER = Reader("CSV of transactions → scored transactions, labels", read, options, of_content)
