"""What the page Scorecard shows, read for the model, policies and review capacity that its address names."""

from typing import NamedTuple

from console import analytics_parts
from console.analytics.scorecard import maturity, read, sums
from console.analytics.scorecard.overrides import Overrides
from console.analytics.scorecard.sums import Kept, Sharp, Stable, Swapped
from console.analytics.scorecard.swaps import SwapSet
from console.page import PageContext
from core import clock
from core.analytics.periods import Period
from core.db.engine import Connection
from core.errors import BadInput
from core.models import baselines, registry
from core.transactions import policies

CAPACITY, MOST_CAPACITY = 100, 100_000
POLICIES = 8  # newest versions that can be compared


class Choice(NamedTuple):
    """What the address chooses: model, reviews a day, the two policies by their key, and the challenger."""

    version: int | None
    k: int
    before: str
    after: str
    challenger: int | None


class Found(NamedTuple):
    """Everything on the page. `models` and `challengers` are those of the period with their predictions; `policies`
    those that can be compared, by key: their name, review_from and block_from. `is_mature`: all weeks of the period."""

    choice: Choice
    models: dict[int, int]
    policies: dict[str, tuple[str, float, float]]
    challengers: dict[int, int]
    predictions: int
    labelled: int
    stable: Stable
    sharp: Sharp
    swapped: Swapped | None
    challenged: SwapSet | None
    overridden: list[Overrides]
    is_mature: bool


def read_all(context: PageContext, period: Period) -> Found | None:
    """All figures; None where there is no prediction yet. Raises DatabaseUnavailable."""
    span, now = period.span, clock.now()
    models = analytics_parts.read(context, lambda connection: read.models(connection, sums.history(span)))
    if not models:
        return None
    version = _number(context.args.get("model", ""), models) or next(iter(models))
    kept = _kept(context, version)
    profiles = context.auth.settings.config.policy.profiles

    last = maturity.monday(clock.to_datetime(span.end - 1).date())

    def work(connection: Connection) -> Found:
        known = {
            f"v{one.version}": (f"version {one.version}, {one.profile}", one.review_from, one.block_from)
            for one in policies.listing(connection, POLICIES)
        }
        for name, one in profiles.items():
            known[name] = (f"profile {name}", one.review_from, round(one.fraud_threshold + one.block_margin, 6))
        challengers = read.challengers(connection, span)
        choice = _choice(context, version, known, challengers)
        counts = read.score_counts(connection, version, span)
        before, after = known.get(choice.before), known.get(choice.after)
        sharp = sums.sharp(connection, version, kept, span, choice.k, now)
        return Found(
            choice, models, known, challengers, int(counts["all"].sum()),
            int(counts["fraud"].sum() + counts["legit"].sum()),
            sums.stable(connection, version, kept, span, counts["all"]),
            sharp,
            sums.swapped(counts, before[1:], after[1:]) if before and after else None,
            None if choice.challenger is None else sums.challenged(connection, choice.challenger, span),
            sums.overridden(connection, version, span), last in sharp.weeks.mature,
        )  # fmt: skip

    return analytics_parts.read(context, work)


def _kept(context: PageContext, version: int) -> Kept:
    """What is kept of a model; nothing of scores that others reported."""
    database = context.auth.database
    if not version:
        return Kept()
    try:
        features = registry.reference(database, version)
    except BadInput:
        return Kept()
    return Kept(features, baselines.baseline(database, version), baselines.calibration(database, version))


def _choice(
    context: PageContext, version: int, known: dict[str, tuple[str, float, float]], challengers: dict[int, int]
) -> Choice:
    args = context.args
    before = args.get("before", "")
    before = before if before in known else next(iter(known), "")
    after = args.get("after", "")
    others = [key for key, policy in known.items() if before in known and policy[1:] != known[before][1:]]
    after = after if after in known else next(iter(others), before)
    k = args.get("k", "")
    capacity = int(k) if k.isascii() and k.isdigit() and 1 <= int(k[:9]) <= MOST_CAPACITY else CAPACITY
    challenger = _number(args.get("challenger", ""), challengers) or next(iter(challengers), None)
    return Choice(version, capacity, before, after, challenger)


def _number(text: str, known: dict[int, int]) -> int | None:
    return next((one for one in known if str(one) == text), None)
