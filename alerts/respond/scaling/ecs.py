"""A service of Amazon ECS, through boto3 (an optional extra: requirements-aws.txt), with its task role's credentials.

The rights it needs (docs/actions.md): `ecs:DescribeServices` and `ecs:UpdateService` on that one service.
"""

import importlib
from typing import Any

from alerts.respond.action import ActionContext, Permanent
from core.alerting.action_runs import Run
from core.config import Frozen, Positive
from core.errors import Unreachable

KIND = "ecs"
PERMANENT = (
    "AccessDeniedException",
    "ClientException",
    "ClusterNotFoundException",
    "InvalidParameterException",
    "ServiceNotActiveException",
    "ServiceNotFoundException",
    "UnrecognizedClientException",
)


class EcsAway(Unreachable):
    """Amazon ECS does not answer, or says that it is busy."""

    dependency = "ecs"


class Parameters(Frozen, frozen=True):
    """`endpoint_url` is for a VPC endpoint or a test; empty: the region's own."""

    cluster: str
    region: str
    endpoint_url: str = ""
    timeout_seconds: Positive = 10.0


def read(context: ActionContext, settings: Any, service: str) -> int:
    """`desiredCount` of the service."""
    answer = call(settings, "describe_services", cluster=settings.cluster, services=[service])
    found = answer.get("services") or []
    if not found:
        raise Permanent(f"the cluster {settings.cluster} has no service {service}")
    return int(found[0]["desiredCount"])


def put(context: ActionContext, settings: Any, service: str, replicas: int, run: Run) -> None:
    """Set `desiredCount`."""
    call(settings, "update_service", cluster=settings.cluster, service=service, desiredCount=replicas)


def call(settings: Parameters, operation: str, **arguments: Any) -> dict[str, Any]:
    """One call of ECS. Raises Permanent or EcsAway."""
    client = make_client(settings)
    errors = importlib.import_module("botocore.exceptions")
    try:
        answer: dict[str, Any] = getattr(client, operation)(**arguments)
    except errors.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in PERMANENT:
            raise Permanent(f"ECS answered {code}: {error.response['Error'].get('Message', '')}"[:300]) from error
        raise EcsAway(code) from error
    except (errors.NoCredentialsError, errors.ParamValidationError) as error:
        raise Permanent(str(error)[:300]) from error
    except errors.BotoCoreError as error:
        raise EcsAway(str(error)[:200]) from error
    return answer


def make_client(settings: Parameters) -> Any:
    """A client without retries of its own: the worker retries. Raises Permanent when boto3 is not installed."""
    try:
        boto3 = importlib.import_module("boto3")
        config = importlib.import_module("botocore.config")
    except ModuleNotFoundError as error:
        raise Permanent("boto3 is not installed: pip install -r requirements-aws.txt") from error
    seconds = settings.timeout_seconds
    limits = config.Config(connect_timeout=seconds, read_timeout=seconds, retries={"total_max_attempts": 1})
    address = {"endpoint_url": settings.endpoint_url} if settings.endpoint_url else {}
    return boto3.client("ecs", region_name=settings.region, config=limits, **address)
