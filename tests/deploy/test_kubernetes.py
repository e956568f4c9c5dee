"""The manifests: valid against the published schemas, safe by default, and in step with the product."""

import json
import re
import shutil
import subprocess
from functools import cache
from typing import Any

import pytest
import yaml

from core import process_tokens, settings
from stack import services
from tests.deploy.kustomize import Object, build, pods
from tests.tree import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
OVERLAYS = ("development", "production")
VERSIONS = ("1.30", "1.33", "1.37")
CUSTOM = ("ServiceMonitor", "PrometheusRule")  # kinds of the Prometheus operator


@cache
def objects(overlay: str) -> list[Object]:
    """Everything that an overlay makes."""
    return build(FOLDER / "overlays" / overlay)


def one(overlay: str, kind: str, name: str) -> Object:
    """The object of that kind and name."""
    (found,) = [o for o in objects(overlay) if (o["kind"], o["metadata"]["name"]) == (kind, name)]
    return found


def each(overlay: str) -> list[tuple[str, Object, Object]]:
    """Every container with a name for messages and its pod."""
    return [
        (f"{owner['kind']} {owner['metadata']['name']}", pod, container)
        for owner, pod in pods(objects(overlay))
        for container in [*pod.get("initContainers", []), *pod["containers"]]
    ]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kustomize_itself_builds_the_same(overlay: str) -> None:
    command = kustomize()
    if command is None:
        pytest.skip("neither kustomize nor a kubectl that has version 5 of it is here")
    done = subprocess.run([*command, str(FOLDER / "overlays" / overlay)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    text = re.sub(r"\b(gatehouse-(?:config|figures|sigma|environment|dashboard))-[a-z0-9]{10}\b", r"\1", done.stdout)
    theirs = {(o["kind"], o["metadata"]["name"]): unordered(o) for o in yaml.safe_load_all(text)}
    ours = {(o["kind"], o["metadata"]["name"]): unordered(o) for o in objects(overlay)}
    assert ours == theirs


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_object_is_valid_by_the_published_schema(overlay: str, version: str) -> None:
    import kubernetes_validate  # four seconds, which every process that only collects the tests would spend

    for item in objects(overlay):
        if item["kind"] not in CUSTOM:
            kubernetes_validate.validate(item, version, strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_secret_is_in_clear(overlay: str) -> None:
    made = objects(overlay)
    assert not [item for item in made if item["kind"] == "Secret"]
    for name, _, container in each(overlay):
        for variable in container.get("env", []):
            if re.search(r"PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL|REDIS_URL", variable["name"]):
                by_file = variable["name"].endswith("_FILE")
                assert by_file or "secretKeyRef" in variable.get("valueFrom", {}), f"{name}: {variable['name']}"
    environment = one(overlay, "ConfigMap", "gatehouse-environment")["data"]
    assert {name for name in environment if re.search(r"PASSWORD|SECRET|TOKEN|_URL_|KEY", name)} == {
        "DATABASE_URL_FILE", "REDIS_URL_FILE", "GATEHOUSE_SECRET_KEY_FILE", "GATEHOUSE_INTERNAL_TOKEN_FILE",
        "GATEHOUSE_OWN_TOKEN_FILE",
    }  # fmt: skip


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_pod_sees_the_keys_that_it_needs_and_no_others(overlay: str) -> None:
    """`internal_token` is what an installation of the release before has; neither it nor the new keys must be there."""
    environment = one(overlay, "ConfigMap", "gatehouse-environment")["data"]
    common, optional = {"database_url", "redis_url", "secret_key"}, {"internal_callers", "internal_token"}
    for owner, pod in pods(objects(overlay)):
        name = owner["metadata"]["name"]
        if owner["kind"] == "StatefulSet":
            continue
        must, may, paths = set(), set(), set()
        mounts = {mount["name"]: mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]}
        for volume in pod["volumes"]:
            sources = [one["secret"] for one in volume.get("projected", {}).get("sources", []) if "secret" in one]
            for source in [*sources, *([volume["secret"]] if "secret" in volume else [])]:
                if source.get("name", source.get("secretName")) == "gatehouse":
                    keys = {item["key"] for item in source["items"]}
                    (may if source.get("optional") else must).update(keys)
                    paths |= {f"{mounts[volume['name']]}/{item['path']}" for item in source["items"]}
        own = {f"{name}_token"} if name in process_tokens.SCOPES else set()
        assert (must, may) == (common, optional | own), name
        assert (environment["GATEHOUSE_OWN_TOKEN_FILE"] in paths) == bool(own), name
        named = {environment[f"{variable}_FILE"] for variable in ("DATABASE_URL", "GATEHOUSE_INTERNAL_CALLERS")}
        assert named <= paths, name
    deployed = {o["metadata"]["name"] for o in objects(overlay) if o["kind"] == "Deployment"}
    assert process_tokens.SCOPES.keys() - deployed == {"simulator"}, "every caller but the simulator runs here"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_container_is_bounded_and_harmless(overlay: str) -> None:
    for name, pod, container in each(overlay):
        context, outer = container["securityContext"], pod["securityContext"]
        assert outer["runAsNonRoot"] is True, name
        assert outer["runAsUser"] > 0, name
        assert outer["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert context["readOnlyRootFilesystem"] is True, name
        assert context["allowPrivilegeEscalation"] is False, name
        assert context["capabilities"] == {"drop": ["ALL"]}, name
        assert container["resources"]["limits"].keys() == {"cpu", "memory"}, name
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}, name
        assert ":" in container["image"], f"{name}: no tag"
        assert pod["enableServiceLinks"] is False, name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_everything_that_runs_on_is_probed(overlay: str) -> None:
    for owner, pod in pods(objects(overlay)):
        for container in pod["containers"] if owner["kind"] != "Job" else []:
            assert container.keys() >= {"livenessProbe", "readinessProbe"}, owner["metadata"]["name"]
            if container["name"] == "gatehouse":
                assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
                assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_only_the_alert_worker_may_ask_the_cluster_and_only_for_its_action(overlay: str) -> None:
    told = {owner["metadata"]["name"] for owner, pod in pods(objects(overlay)) if pod["automountServiceAccountToken"]}
    assert told == {"alerts"}
    roles = [item for item in objects(overlay) if item["kind"].endswith("Role")]
    assert [role["kind"] for role in roles] == ["Role"]
    what = {"development": ("apps", "deployments/scale"), "production": ("autoscaling", "horizontalpodautoscalers")}
    group, resource = what[overlay]
    assert roles[0]["rules"] == [
        {"apiGroups": [group], "resources": [resource], "resourceNames": ["scoring"], "verbs": ["get", "patch"]}
    ]
    (binding,) = [item for item in objects(overlay) if item["kind"] == "RoleBinding"]
    assert [subject["name"] for subject in binding["subjects"]] == ["gatehouse-alerts"]
    variables = {
        v["name"]: v for v in one(overlay, "Deployment", "alerts")["spec"]["template"]["spec"]["containers"][0]["env"]
    }
    assert variables["GATEHOUSE_SCALE_TARGET"]["value"] == "kubernetes"
    assert ("GATEHOUSE_SCALE_RESOURCE" in variables) == (overlay == "production")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_process_of_the_stack_is_there_on_its_port(overlay: str) -> None:
    known = settings.load({})
    wanted = {
        service.name: service
        for service in [*services.entrances(known), *services.workers(known), services.console(known)]
    }
    deployed = {o["metadata"]["name"]: o for o in objects(overlay) if o["kind"] == "Deployment"}
    assert deployed.keys() == wanted.keys()
    for name, service in wanted.items():
        (container,) = deployed[name]["spec"]["template"]["spec"]["containers"]
        assert container["command"][-1] == service.command[-1], name
        port = container["ports"][0]["containerPort"]
        assert f":{port}/" in service.ready_url, name
        assert one(overlay, "Service", name)["spec"]["ports"][0]["port"] == port


def test_production_runs_the_promised_copies() -> None:
    replicas = {
        o["metadata"]["name"]: o["spec"].get("replicas") for o in objects("production") if o["kind"] == "Deployment"
    }
    assert replicas["api"] == 2
    assert replicas["scoring"] is None, "the autoscaler counts them"
    assert {o["metadata"]["name"] for o in objects("production") if o["kind"] == "PodDisruptionBudget"} >= {
        "api",
        "scoring",
        "statuses",
    }


def test_the_autoscaler_uses_a_metric_that_exists() -> None:
    (metric,) = one("production", "HorizontalPodAutoscaler", "scoring")["spec"]["metrics"]
    (rule,) = yaml.safe_load((FOLDER / "adapter" / "rules.yaml").read_text())["rules"]["custom"]
    series = rule["seriesQuery"].split("{")[0]
    offered = re.sub(rule["name"]["matches"], rule["name"]["as"].replace("${1}", r"\1"), series)
    assert metric["pods"]["metric"]["name"] == offered
    assert f"| `{series}` | counter | – | scoring |" in (ROOT / "docs" / "metrics.md").read_text()


def test_the_configuration_is_all_of_config() -> None:
    config = one("production", "ConfigMap", "gatehouse-config")["data"]
    assert config == {path.name: path.read_text() for path in (ROOT / "config").glob("*.toml")}
    folders = {}
    for folder in ("figures", "sigma"):
        folders[folder] = one("production", "ConfigMap", f"gatehouse-{folder}")["data"]
        assert folders[folder] == {path.name: path.read_text() for path in (ROOT / "config" / folder).iterdir()}
    for _, pod in pods(objects("production")):
        (volume,) = [v for v in pod["volumes"] if v["name"] == "config"]
        items = {
            item["path"] for source in volume["projected"]["sources"] for item in source["configMap"].get("items", [])
        }
        assert items == {f"{folder}/{name}" for folder, names in folders.items() for name in names}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_is_referred_to_exists_or_is_a_documented_secret(overlay: str) -> None:
    maps = {o["metadata"]["name"] for o in objects(overlay) if o["kind"] == "ConfigMap"}
    text = json.dumps(objects(overlay))
    assert set(re.findall(r'"configMapRef": {"name": "([^"]+)"', text)) <= maps
    documented = (ROOT / "docs" / "deploy-kubernetes.md").read_text()
    for name in set(re.findall(r'"secretName": "([^"]+)"', text)):
        assert f"`{name}`" in documented, name
    accounts = {o["metadata"]["name"] for o in objects(overlay) if o["kind"] == "ServiceAccount"}
    for owner, pod in pods(objects(overlay)):
        assert pod.get("serviceAccountName", "default") in accounts | {"default"}, owner["metadata"]["name"]


def test_every_entrance_of_data_is_let_in() -> None:
    rules = one("production", "Ingress", "gatehouse")["spec"]["rules"]
    paths = [path for rule in rules for path in rule["http"]["paths"] if path["backend"]["service"]["name"] == "api"]
    for entrance in ("/api/v1/events", "/api/transaction", "/v1/traces"):
        assert any(
            entrance == path["path"] or (path["pathType"] == "Prefix" and entrance.startswith(f"{path['path']}/"))
            for path in paths
        ), entrance


def test_nothing_gets_in_or_out_but_what_is_listed() -> None:
    policies = {o["metadata"]["name"]: o["spec"] for o in objects("production") if o["kind"] == "NetworkPolicy"}
    deny = policies.pop("default-deny")
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    ports = {
        o["metadata"]["name"]: o["spec"]["ports"][0]["port"] for o in objects("production") if o["kind"] == "Service"
    }
    entered = set()
    for name, policy in policies.items():
        for rule in policy.get("ingress", []):
            assert rule["from"], f"{name} lets anybody in"
            assert {port["port"] for port in rule["ports"]} == {ports[name]}
            callers = [
                peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
                for peer in rule["from"]
                if "podSelector" in peer
            ]
            entered |= {(caller, name) for caller in callers}
    left = set()
    for name, policy in policies.items():
        for rule in policy.get("egress", []):
            for peer in rule["to"]:
                to = peer.get("podSelector", {}).get("matchLabels", {}).get("app.kubernetes.io/component")
                if to:
                    left.add((name, to))
                    assert {port["port"] for port in rule["ports"]} == {ports[to]}
    assert entered == left, "a call that one side allows and the other does not"


def test_the_operators_rules_are_prometheus_rules() -> None:
    shipped = yaml.safe_load((ROOT / "deploy" / "prometheus" / "rules" / "gatehouse.yml").read_text())
    assert one("production", "PrometheusRule", "gatehouse")["spec"] == shipped


def test_the_service_monitor_meets_every_process_and_names_it() -> None:
    monitor = one("production", "ServiceMonitor", "gatehouse")["spec"]
    (endpoint,) = monitor["endpoints"]
    met = [
        o for o in objects("production")
        if o["kind"] == "Service" and monitor["selector"]["matchLabels"].items() <= o["metadata"]["labels"].items()
    ]  # fmt: skip
    assert {o["metadata"]["name"] for o in met} == {
        "api", "scoring", "console", "collector", "alerts", "statuses", "trainer",
    }  # fmt: skip
    assert all(o["spec"]["ports"][0]["name"] == endpoint["port"] for o in met)
    labels = {rule["targetLabel"]: rule for rule in endpoint["relabelings"]}
    assert labels["job"]["replacement"] == "gatehouse"
    source = labels["process"]["sourceLabels"][0].removeprefix("__meta_kubernetes_service_label_")
    assert all(re.sub(r"\W", "_", "app.kubernetes.io/component") == source for _ in met)
    assert all(o["metadata"]["labels"]["app.kubernetes.io/component"] == o["metadata"]["name"] for o in met)


def test_every_variable_is_one_that_the_product_reads() -> None:
    files = "".join(path.read_text() for path in (ROOT / "config").glob("*.toml"))
    for overlay in OVERLAYS:
        environment = one(overlay, "ConfigMap", "gatehouse-environment")["data"]
        for name in environment:
            assert name.removesuffix("_FILE") in settings._DEFAULTS or f"${{{name}:-" in files, name
        inside = {name: value for name, value in environment.items() if not name.endswith("_FILE")}
        known = settings.load({**inside, "GATEHOUSE_CONFIG": str(ROOT / "config")})
        assert known.environment == overlay


def kustomize() -> list[str] | None:
    """The command that builds a kustomization with the real thing, if there is one that knows our fields."""
    if path := shutil.which("kustomize"):
        return [path, "build"]
    if path := shutil.which("kubectl"):
        told = subprocess.run([path, "version", "--client"], capture_output=True, text=True).stdout
        if re.search(r"Kustomize Version: v([5-9]|\d\d)", told):
            return [path, "kustomize"]
    return None


def unordered(value: Any) -> Any:
    """The value with its lists sorted: where a merge puts a new element is the tool's own business."""
    if isinstance(value, dict):
        return {key: unordered(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted(map(unordered, value), key=lambda item: json.dumps(item, sort_keys=True))
    return value
