"""Whether the models in service are those that were registered: each role's seal is checked, artefact included.

A series is a role (champion, ensemble, challenger); its value is 0 when the seal holds and 1 when scoring refuses the
model. The worker reads the registry itself, so the rule also fires while no scoring service is running.
"""

from collections.abc import Mapping

from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Limits, Reading, against
from core.config import Positive
from core.errors import BadInput, UntrustedModel
from core.models import registry, roles
from core.models.seal import ModelSeal

KIND = "models"
FACTS = {"version": 3, "detail": "its artefact has another digest"}


class Parameters(Limits, frozen=True, kw_only=True):
    """`every`: seconds between two checks; an artefact is read whole each time."""

    every: Positive = 60.0


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading for each role that a model has."""
    key = (KIND, context.rule)
    found = context.memory.remember(key, context.now, parameters.every, lambda: _check(context))
    return readings(found, context.known_series())


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Plain limits."""
    return against(parameters, reading)


def readings(found: Mapping[str, tuple[int, str]], known: frozenset[str]) -> list[Reading]:
    """Readings from roles with (version, why it is refused or ''); pure."""
    checked = [
        Reading(role, 1.0 if why else 0.0, 1, details={"version": version, "detail": why})
        for role, (version, why) in sorted(found.items())
    ]
    return checked + [Reading(role, None, gone=True) for role in sorted(known - set(found))]


def _check(context: RuleContext) -> dict[str, tuple[int, str]]:
    seal = ModelSeal(context.settings.secret_key)
    with context.database.transaction() as connection:
        holders = roles.holders(connection)
    return {role: (one.version, _why(context, one.version, seal)) for role, one in holders.items()}


def _why(context: RuleContext, version: int, seal: ModelSeal) -> str:
    try:
        registry.load(context.database, version, seal)
    except (UntrustedModel, BadInput) as error:
        return str(error)
    return ""
