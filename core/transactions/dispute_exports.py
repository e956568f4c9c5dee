"""Exports of disputes, recognised by their headers: which column is what, and what an outcome says of the transaction.

Stripe, Adyen, Braintree and PayPal name the same things differently, and the id in their first column is often that of
the dispute. Outcome and stage decide: lost is fraud, won is legit, what is still open is unsure and never counts. Pure.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from core.tabular import missing_values

Said = Literal["fraud", "legit", "unsure"]


class Format(Struct, frozen=True):
    """One kind of export: headings of which it has at least `least`, its ids of the transaction (the likeliest first),
    dates of the dispute (never the payment's), outcomes, stages and reasons.
    """

    name: str
    ids: tuple[str, ...]
    hints: tuple[str, ...]
    dates: tuple[str, ...]
    outcomes: tuple[str, ...]
    stages: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    least: int = 2


FORMATS = (
    Format(
        "Stripe's disputes",
        ("chargeid", "charge", "paymentintentid", "paymentintent"),
        (
            *("disputestatus", "disputereason", "disputecreated", "disputeamount", "disputedamount", "disputeid"),
            *("paymentintentid", "paymentintent", "isvisarapiddisputeresolution", "duedate", "evidencedueby", "charge"),
            *("ischargerefundable", "balancetransaction", "networkreasoncode"),
        ),
        ("disputecreated", "disputecreateddate", "disputedate", "created", "createdutc"),
        ("disputestatus", "status"),
        (),
        ("disputereason", "reason", "networkreasoncode"),
    ),
    Format(
        "Adyen's disputes",
        ("pspreference", "paymentpspreference", "originalpspreference", "originalreference", "merchantreference"),
        (
            *("recorddate", "recordtype", "disputepspreference", "disputereason", "merchantaccount", "companyaccount"),
            *("disputedate", "disputestatus", "cbschemecode", "cbreasoncode", "riskscoring", "disputeamount", "status"),
            *("reasoncode", "chargebackreasoncode", "merchantaccountcode"),
        ),
        ("recorddate", "disputedate", "chargebackdate", "disputecreated"),
        ("disputestatus", "status"),
        ("recordtype", "disputetype", "stage"),
        ("disputereason", "cbreasoncode", "chargebackreasoncode", "reasoncode", "reason"),
    ),
    Format(
        "PayPal's cases",
        (
            *("originaltransactionid", "disputedtransactionid", "sellertransactionid", "transactionid"),
            *("paypaltransactionid", "transactioninvoiceid", "invoiceid", "invoicenumber"),
        ),
        (
            *("caseid", "casetype", "casestatus", "casereason", "caseoutcome", "casefilingdate", "datecaseopened"),
            *(
                "disputelifecyclestage",
                "disputestate",
                "disputeoutcome",
                "disputechannel",
                "claimantname",
                "buyeremail",
            ),
            *("sellerprotection", "moneymovement", "claimid", "disputecategory", "casecreationdate"),
        ),
        (
            *("casefilingdate", "datecaseopened", "caseopened", "casecreationdate", "casecreated", "datecreated"),
            *("filingdate", "dateopened", "opened", "disputecreated", "createtime", "datereported", "disputedate"),
        ),
        ("disputeoutcome", "caseoutcome", "outcome", "resolution", "disputestate", "casestatus", "status"),
        ("disputelifecyclestage", "casetype", "disputetype", "type"),
        ("casereason", "disputereason", "reason"),
    ),
    Format(
        "Braintree's disputes",
        ("transactionid", "orderid"),
        (
            *("disputeid", "receiveddate", "replybydate", "casenumber", "amountdisputed", "amountwon", "disputestatus"),
            *("disputekind", "kind", "disputedamount", "merchantaccountid", "processorcomments", "disputereason"),
            *("disputereceiveddate", "datereceived", "reasoncode", "replydate", "referenceid"),
        ),
        ("receiveddate", "disputereceiveddate", "datereceived", "disputedate", "dateopened", "openeddate", "createdat"),
        ("disputestatus", "status"),
        ("disputekind", "kind"),
        ("disputereason", "reason", "reasoncode"),
    ),
)
_LOST = (
    "lost, dispute lost, chargeback lost, lose, loss, accepted, auto accepted, automatically accepted, merchant "
    "accepted, expired, undefended, chargeback, first chargeback, second chargeback, pre arbitration lost, "
    "prearbitration lost, arbitration lost, resolved buyer favour, resolved buyer favor, resolved in buyers "
    "favor, resolved in buyers favour, buyer favor, buyer favour, buyer won, in buyers favor, dispute defense "
    "period ended, defense period ended, charged back, chargeback accepted, representment lost, fraud, "
    "fraudulent, closed lost, resolved lost, cardholder favor"
)
_WON = (
    "won, dispute won, chargeback won, win, chargeback reversed, reversed, settled reversed, pre arbitration won, "
    "prearbitration won, arbitration won, resolved seller favour, resolved seller favor, resolved in sellers "
    "favor, resolved in sellers favour, seller favor, seller favour, seller won, in your favor, in your favour, "
    "canceled by buyer, cancelled by buyer, canceled, cancelled, withdrawn, cancelled by customer, denied, "
    "representment won, closed won, resolved won, merchant favor, issuer response timeframe expired, legit, "
    "legitimate, second chargeback reversed"
)
_OPEN = (
    "needs response, under review, warning needs response, warning under review, warning closed, charge refunded, "
    "open, opened, new, disputed, pending, unresponded, responded, defended, in progress, waiting for buyer "
    "response, waiting, waiting for seller response, waiting for buyers response, waiting for your response, "
    "waiting for sellers response, under paypal review, being reviewed, action required, needs action, awaiting "
    "response, notification of chargeback, request for information, information supplied, notification of fraud, "
    "issuer comments, appealed, appeal, appealable, submitted, challenged, retrieval, retrieval request, inquiry, "
    "enquiry, claim, dispute, pre arbitration, prearbitration, arbitration, other, none, resolved, closed, "
    "resolved with payout, prevented, required action, review, evidence submitted, required other party action, "
    "required third party review, open inquiries, received, created"
)
_SAYS: dict[str, Said] = {
    **dict.fromkeys(_OPEN.split(", "), "unsure"),
    **dict.fromkeys(_WON.split(", "), "legit"),
    **dict.fromkeys(_LOST.split(", "), "fraud"),
}
_WEAK = frozenset({"closed", "resolved", "other", "none", "fraud", "fraudulent", "legit", "legitimate", "new", "claim"})
# Requests for a receipt and claims of a buyer that never were a chargeback.
_BEFORE = frozenset({"retrieval", "retrieval request", "inquiry", "enquiry"})
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ASIDE = re.compile(r"\(.*?\)")


def key(heading: str) -> str:
    """A heading without what differs between exports: capitals, blanks, signs, what stands in brackets."""
    return "".join(filter(str.isalnum, (_ASIDE.sub("", heading) or heading).lower()))


def recognised(header: Sequence[str]) -> Format | None:
    """The export that has this header, None for any other file."""
    keys = {key(name) for name in header}
    found = [
        (len(keys & {*one.hints, *one.dates}), one)
        for one in FORMATS
        if keys & {*one.ids} and len(keys & {*one.hints, *one.dates}) >= one.least
    ]
    # What no other has decides: the id of the transaction is named like nowhere else.
    return max(found, key=lambda pair: (bool(keys & {*pair[1].ids[:1]}), pair[0]))[1] if found else None


def word(text: str) -> str:
    """An outcome in its plainest spelling: `NeedsResponse`, `needs_response` and `Needs response` are one."""
    parts = _CAMEL.sub(" ", text.strip()).lower().replace("'", "").replace("’", "")
    return " ".join(re.split(r"[^a-z0-9]+", parts)).strip()


def says(outcomes: Iterable[str], stage: str) -> Said | None:
    """What outcomes of one dispute say, the first that decides before the others; else its stage. None: nothing known.

    A retrieval that was lost is none, for no money was charged back.
    """
    told = [said for text in outcomes if not missing_values.is_missing(text) and (said := _SAYS.get(word(text)))]
    decided = next((said for said in told if said != "unsure"), None)
    if decided == "fraud" and word(stage) in _BEFORE:
        return "unsure"
    if decided or told:
        return decided or "unsure"
    return _SAYS.get(word(stage))


def are_outcomes(words: Iterable[str]) -> bool:
    """Whether a column's different words are outcomes of disputes, at least one of which says so by itself."""
    plain = {word(text) for text in words if not missing_values.is_missing(text)}
    return bool(plain) and plain <= _SAYS.keys() and not plain <= _WEAK


def places(header: Sequence[str], names: Iterable[str]) -> list[str]:
    """The columns of a header with these names, in the order of the names."""
    known: Mapping[str, str] = {key(column): column for column in reversed(header)}
    return [known[name] for name in names if name in known]
