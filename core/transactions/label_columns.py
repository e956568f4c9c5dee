"""Which column of a file of labels is what: by our own names first, then as an export of disputes, then a bank's list.

What was guessed is a sentence each, so that whoever gave the file sees it before it counts. Pure.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from core.errors import BadInput
from core.tabular.sheet import Sheet
from core.transactions import dispute_exports
from core.transactions.dispute_exports import Format

# Spelled as `core.transactions.dispute_exports.key` does, the surest first: of several dates the chargeback's counts,
# never the payment's.
IDS = ("transactionid", "transaction", "txnid", "txn", "txid", "transid")
OTHER_IDS = (
    *("merchanttransactionid", "merchantreference", "merchantorderid", "orderreference", "orderid", "paymentid"),
    *(
        "paymentreference",
        "chargeid",
        "paymentintentid",
        "pspreference",
        "originaltransactionid",
        "transactionreference",
    ),
    *("acquirerreferencenumber", "arn", "retrievalreferencenumber", "rrn", "reference", "referencenumber"),
    *("transaktionsid", "transaktion", "referenz", "referenznummer", "bestellnummer", "reftransaction"),
    *("idtransaction", "idtransaccion", "transactionnumber", "orderno", "ordernumber"),
)
LAST_IDS = ("id",)
LABELS = ("label", "isfraud", "fraud", "class", "verdict")
DATES = (
    *("chargebackdate", "chargebackat", "chargebacktime", "chargebackts", "cbdate", "disputedate", "disputecreated"),
    *("disputedat", "disputeat", "reporteddate", "reportedat", "datereported", "labelledat", "labeledat"),
    *("labeltimestamp", "labeldate", "rueckbuchungsdatum", "rückbuchungsdatum", "receiveddate", "recorddate"),
    *("postingdate", "dateposted", "caseopened", "dateopened", "openedat", "filingdate", "casedate", "noticedate"),
    *("debitdate", "timestamp", "date", "time", "datum", "fecha"),
)
PAYMENT_DATES = (
    *("transactiondate", "paymentdate", "purchasedate", "orderdate", "saledate", "chargecreated", "chargedate"),
    *("authdate", "authorizationdate", "transactiontime", "paymenttime", "kaufdatum", "zahlungsdatum", "createdat"),
)
COMMENTS = ("comment", "reason", "note", "notes", "reasoncode", "chargebackreason", "disputereason", "grund", "motif")
OUTCOMES = (
    "outcome",
    "disputestatus",
    "disputeoutcome",
    "chargebackstatus",
    "casestatus",
    "caseoutcome",
    "status",
    "result",
)
STAGES = ("stage", "disputestage", "chargebackstage", "recordtype", "kind", "cycle", "disputetype", "chargebacktype")
ACTORS = ("actor", "analyst", "user", "by")


class Roles(Struct, frozen=True):
    """The columns by what they are; `ids` are all that may name the transaction, the likeliest first. `kind` is how the
    file was recognised ("" by our own names), `guessed` are sentences on what was made of it.
    """

    ids: list[str]
    label: str = ""
    source: str = ""
    timestamp: str = ""
    comment: str = ""
    actor: str = ""
    outcomes: list[str] = []
    stage: str = ""
    kind: str = ""
    guessed: list[str] = []

    def named(self) -> dict[str, str]:
        """Our names with the file's."""
        outcome = self.outcomes[0] if self.outcomes else ""
        found = {"transaction_id": self.ids[0], "label": self.label or outcome, "source": self.source}
        found |= {"timestamp": self.timestamp, "comment": self.comment, "actor": self.actor}
        return {name: column for name, column in found.items() if column}


def find(data: Sheet, source: str | None, id_column: str = "") -> Roles:
    """The roles of a file's columns. Raises BadInput where one that is needed is not there."""
    header = list(data.columns)
    ids = _first(header, IDS) or _first(header, LAST_IDS)
    label, given = _first(header, LABELS), _first(header, ("source",))
    known = None if label else dispute_exports.recognised(header)
    if known is not None:
        return _named(_export(data, known, given), header, id_column)
    if not label and not given and source == "chargeback" and (outcome := _outcome(data)):
        return _named(_disputes(data, outcome), header, id_column)
    guessed: list[str] = []
    choice = [column for column in (ids,) if column]
    if not _first(header, IDS):
        choice = [*dispute_exports.places(header, OTHER_IDS), *choice]
        if choice and choice[0] != ids:
            guessed.append(f"The transaction is named by the column {choice[0]!r}.")
    if not choice and not id_column:
        raise BadInput("row 1", f"has no column 'transaction_id'; it has {_listed(header)}")
    if not label and not (source == "chargeback" or given):
        raise BadInput("row 1", f"has no column 'label'; it has {_listed(header)}")
    timestamp = _first(header, DATES)
    if not timestamp and (paid := _first(header, PAYMENT_DATES)):
        guessed.append(f"{paid!r} is the time of the payment and was ignored: the labels count from now.")
    kind = ("a list of labels" if label else "a list of chargebacks") if guessed else ""
    roles = Roles(
        choice, label, given, timestamp, _first(header, COMMENTS), _first(header, ACTORS), [], "", kind, guessed
    )
    return _named(roles, header, id_column)


def _export(data: Sheet, known: Format, source: str) -> Roles:
    """The roles of an export of disputes."""
    header = list(data.columns)
    ids = dispute_exports.places(header, known.ids)
    date = _first(header, known.dates) or _first(header, DATES)
    outcomes, stage = dispute_exports.places(header, known.outcomes), _first(header, known.stages)
    said = [f"The file was recognised as {known.name} by its header.", _says(data, outcomes, stage)]
    said.append(f"The transaction is named by the column {ids[0]!r}.")
    said.append(
        f"The dispute's time is in {date!r}."
        if date
        else "No column has the time of the dispute; the current time is used."
    )
    return Roles(ids, "", source, date, _first(header, known.reasons), "", outcomes, stage, known.name, said)


def _disputes(data: Sheet, outcome: str) -> Roles:
    """The roles of a list whose column of outcomes tells that it is one of disputes."""
    header = list(data.columns)
    ids = dispute_exports.places(header, (*IDS, *OTHER_IDS, *LAST_IDS))
    if not ids:
        raise BadInput("row 1", f"has no column 'transaction_id'; it has {_listed(header)}")
    date, stage = _first(header, DATES), _first(header, STAGES)
    said = [f"The file was read as disputes: {outcome!r} holds their outcomes.", _says(data, [outcome], stage)]
    said.append(f"The transaction is named by the column {ids[0]!r}.")
    comment = _first(header, COMMENTS)
    return Roles(ids, "", "", date, comment, "", [outcome], stage, "disputes", said)


def _outcome(data: Sheet) -> str:
    """The column of outcomes of disputes; "" where none is."""
    named = dispute_exports.places(list(data.columns), (*OUTCOMES, *STAGES))
    return next((name for name in named if dispute_exports.are_outcomes(set(data.columns[name]))), "")


def _says(data: Sheet, outcomes: Sequence[str], stage: str) -> str:
    told = [name for name in (*outcomes, stage) if name]
    if not told:
        return "No column has the outcome of the disputes: each row counts as fraud."
    verb = "decides" if len(told) == 1 else "decide"
    return f"{' and '.join(map(repr, told))} {verb}: lost is fraud, won is legit, open is unsure and does not count."


def _named(roles: Roles, header: Sequence[str], id_column: str) -> Roles:
    """The roles with the id that somebody named."""
    if not id_column:
        return roles
    if id_column not in header:
        raise BadInput("id_column", f"the file has no column {id_column[:40]!r}; it has {_listed(header)}")
    said = [sentence for sentence in roles.guessed if not sentence.startswith("The transaction is named")]
    values: Mapping[str, object] = {name: getattr(roles, name) for name in Roles.__struct_fields__}
    return Roles(**{**values, "ids": [id_column], "guessed": said})  # type: ignore[arg-type]


def _first(header: Sequence[str], names: Sequence[str]) -> str:
    return next(iter(dispute_exports.places(header, names)), "")


def _listed(header: Sequence[str]) -> str:
    most = 20
    return ", ".join(name[:40] for name in header[:most]) + (" …" if len(header) > most else "") or "nothing"
