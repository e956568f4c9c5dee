"""Builds our kustomizations as kustomize does, for machines without it. A test compares the two where both are there.

It knows what we use and refuses the rest: resources, components, configMapGenerator, patches (strategic merge), labels,
images, replicas, namespace.
"""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]
KNOWN = {
    "apiVersion", "kind", "resources", "components", "configMapGenerator", "patches", "labels", "images", "replicas",
    "namespace",
}  # fmt: skip
# By what elements of a list are told apart when a patch is merged; other lists are replaced whole.
KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "topologySpreadConstraints": "topologyKey",
}


def build(folder: Path) -> list[Object]:
    """Every object of a kustomization; ConfigMaps are without the digest that kustomize adds to their names."""
    return _accumulate(folder.resolve(), [])


def _accumulate(folder: Path, objects: list[Object]) -> list[Object]:
    plan = yaml.safe_load((folder / "kustomization.yaml").read_text())
    unknown = plan.keys() - KNOWN
    assert not unknown, f"{folder}: this builder does not know {unknown}"
    for name in plan.get("resources", []):
        path = (folder / name).resolve()
        if path.is_dir():
            objects += _accumulate(path, [])
        else:
            objects += [one for one in yaml.safe_load_all(path.read_text()) if one]
    for name in plan.get("components", []):
        objects = _accumulate((folder / name).resolve(), objects)
    for generator in plan.get("configMapGenerator", []):
        _generate(folder, generator, objects)
    for patch in plan.get("patches", []):
        text = patch.get("patch") or (folder / patch["path"]).read_text()
        _patch(objects, yaml.safe_load(text), patch.get("target"))
    for labels in plan.get("labels", []):
        for one in objects:
            one["metadata"].setdefault("labels", {}).update(labels["pairs"])
            template = one.get("spec", {}).get("template") if isinstance(one.get("spec"), dict) else None
            if template and labels.get("includeTemplates"):
                template["metadata"]["labels"].update(labels["pairs"])
    for image in plan.get("images", []):
        for container in containers(objects):
            if container["image"] == image["name"]:
                container["image"] = f"{image['newName']}:{image['newTag']}"
    for wanted in plan.get("replicas", []):
        for one in objects:
            if one["kind"] in ("Deployment", "StatefulSet") and one["metadata"]["name"] == wanted["name"]:
                one["spec"]["replicas"] = wanted["count"]
    if namespace := plan.get("namespace"):
        _put_into(objects, namespace)
    return objects


def pods(objects: list[Object]) -> Iterator[tuple[Object, Object]]:
    """Every object that makes pods, with its pod's specification."""
    for one in objects:
        if one["kind"] in ("Deployment", "StatefulSet", "Job", "DaemonSet"):
            yield one, one["spec"]["template"]["spec"]


def containers(objects: list[Object]) -> Iterator[Object]:
    """Every container."""
    for _, pod in pods(objects):
        yield from [*pod.get("initContainers", []), *pod["containers"]]


def _generate(folder: Path, generator: Object, objects: list[Object]) -> None:
    data = {Path(name).name: (folder / name).read_text() for name in generator.get("files", [])}
    data |= dict(literal.split("=", 1) for literal in generator.get("literals", []))
    if generator.get("behavior") == "merge":
        (old,) = [o for o in objects if o["kind"] == "ConfigMap" and o["metadata"]["name"] == generator["name"]]
        old["data"] |= data
        return
    made: Object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": generator["name"]}, "data": data}
    if labels := generator.get("options", {}).get("labels"):
        made["metadata"]["labels"] = dict(labels)
    objects.append(made)


def _patch(objects: list[Object], patch: Object, target: Object | None) -> None:
    chosen = [
        one
        for one in objects
        if one["kind"] == (target or patch)["kind"] and (target or one["metadata"]["name"] == patch["metadata"]["name"])
    ]
    assert chosen, f"a patch of {patch['kind']} {patch['metadata']['name']} meets nothing"
    for one in chosen:
        if patch.get("$patch") == "delete":
            objects.remove(one)
            continue
        body = {name: value for name, value in patch.items() if name != "metadata"}
        _merge(one, deepcopy(body))


def _merge(into: Object, patch: Object) -> None:
    for name, value in patch.items():
        if value is None:
            into.pop(name, None)
        elif isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        elif isinstance(value, list) and name in KEYS and name in into:
            known = {item[KEYS[name]]: item for item in into[name]}
            for item in value:
                if item[KEYS[name]] in known:
                    _merge(known[item[KEYS[name]]], item)
                else:
                    into[name].append(item)
        else:
            into[name] = value


def _put_into(objects: list[Object], namespace: str) -> None:
    accounts = {one["metadata"]["name"] for one in objects if one["kind"] == "ServiceAccount"}
    for one in objects:
        if one["kind"] == "Namespace":
            one["metadata"]["name"] = namespace
        else:
            one["metadata"]["namespace"] = namespace
        for subject in one.get("subjects", []):
            if subject["kind"] == "ServiceAccount" and subject["name"] in accounts:
                subject["namespace"] = namespace
