"""A Kubernetes deployment, by its scale subresource or its autoscaler, with the service account of this pod.

An autoscaler takes back a number of replicas that somebody else set, so where there is one its minimum is raised. The
rights it needs (docs/actions.md): `get` and `patch` on `deployments/scale`, or on the autoscaler, of that one name. The
token is read for every call, because Kubernetes renews it.
"""

from pathlib import Path
from typing import Any, Literal

from alerts.respond.action import ActionContext, Permanent
from core import codec
from core import settings as known_settings
from core.alerting.action_runs import Run
from core.config import Frozen, Positive
from core.errors import HttpUnavailable
from core.http import HttpClient, HttpResponse

KIND = "kubernetes"
_FIELDS = {"deployment": "replicas", "autoscaler": "minReplicas"}
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


class Parameters(Frozen, frozen=True):
    """Where the API server answers, what counts the replicas, and the files of the service account."""

    api: str = "https://kubernetes.default.svc"
    namespace: str = "default"
    resource: Literal["deployment", "autoscaler"] = "deployment"
    token_file: str = f"{ACCOUNT}/token"
    ca_file: str = f"{ACCOUNT}/ca.crt"
    timeout_seconds: Positive = 10.0


def read(context: ActionContext, settings: Any, service: str) -> int:
    """`spec.replicas` of the deployment, or `spec.minReplicas` of the autoscaler."""
    answer = _client(settings).get(_path(settings, service))
    scale = _good(answer, service)
    absent = 1 if settings.resource == "autoscaler" else 0
    return int(scale.get("spec", {}).get(_FIELDS[settings.resource], absent))


def put(context: ActionContext, settings: Any, service: str, replicas: int, run: Run) -> None:
    """PATCH that number."""
    body = codec.encode({"spec": {_FIELDS[settings.resource]: replicas}})
    headers = {"Content-Type": "application/merge-patch+json"}
    _good(_client(settings).request("PATCH", _path(settings, service), body=body, headers=headers), service)


def _client(settings: Parameters) -> HttpClient:
    token = known_settings.secret_file(Path(settings.token_file))
    return HttpClient(settings.api, settings.timeout_seconds, 1, token, ca_file=settings.ca_file)


def _path(settings: Parameters, service: str) -> str:
    if settings.resource == "autoscaler":
        return f"/apis/autoscaling/v2/namespaces/{settings.namespace}/horizontalpodautoscalers/{service}"
    return f"/apis/apps/v1/namespaces/{settings.namespace}/deployments/{service}/scale"


def _good(answer: HttpResponse, service: str) -> dict[str, Any]:
    if answer.status == 429 or answer.status >= 500:
        raise HttpUnavailable(f"the Kubernetes API answered {answer.status} for {service}")
    try:
        found = answer.json()
    except ValueError:
        found = {}
    found = found if isinstance(found, dict) else {}
    if answer.status not in (200, 201):
        raise Permanent(f"the Kubernetes API answered {answer.status} for {service}: {found.get('message', '')}"[:300])
    return found
