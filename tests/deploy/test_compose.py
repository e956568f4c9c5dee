"""docker-compose.yml is pinned, bounded and closed, and what comes through its published ports is outside traffic."""

import re
from ipaddress import ip_address, ip_network

import yaml

from core import process_tokens, secret_bundle, settings
from core.alerting import dev_channels
from core.settings import ROOT
from stack.containers import NEEDS

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if str(one["image"]).startswith("gatehouse:")}


def usual(text: str) -> str:
    """A value with the defaults of its variables put in."""
    return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", str(text))


def test_every_image_of_others_has_an_exact_version() -> None:
    for name, one in SERVICES.items():
        if name not in OURS:
            assert re.search(r":v?\d+\.\d+(\.\d+)?$", usual(one["image"])), f"{name}: {one['image']}"


def test_every_service_is_bounded() -> None:
    for name, one in SERVICES.items():
        assert one.get("mem_limit"), name
        assert one.get("pids_limit"), name


def test_what_comes_through_a_published_port_is_outside_traffic() -> None:
    """Docker gives it the gateway's address, which must lie in no network that is let in without a limit."""
    network = COMPOSE["networks"]["inside"]["ipam"]["config"][0]
    gateway, containers = ip_address(usual(network["gateway"])), ip_network(usual(network["ip_range"]))
    assert containers.subnet_of(ip_network(usual(network["subnet"])))
    for name, one in OURS.items():
        given = one["environment"]
        if "GATEHOUSE_ALLOW_NETWORKS" not in given:
            continue
        for variable in ("GATEHOUSE_ALLOW_NETWORKS", "GATEHOUSE_OPERATIONS_NETWORKS"):
            networks = [ip_network(text) for text in usual(given[variable]).split(",") if text]
            assert containers in networks, name
            assert not any(gateway in network for network in networks), f"{name}: {variable}"
        assert "GATEHOUSE_TRUSTED_PROXIES" in given, name


def test_only_the_console_holds_the_administrators_hash() -> None:
    holders = {name for name, one in OURS.items() if "GATEHOUSE_ADMIN_PASSWORD_HASH_FILE" in one.get("environment", {})}
    assert holders == {"console"}
    mounts = {name: [volume.partition(":")[0] for volume in one["volumes"]] for name, one in OURS.items()}
    assert {name for name, volumes in mounts.items() if "secrets" in volumes} == {"secrets"}
    assert {name for name, volumes in mounts.items() if "secrets-console" in volumes} == {"secrets", "console"}


def test_the_image_owns_every_directory_that_a_volume_fills() -> None:
    """A new volume takes the rights of the image's directory; one that the image lacks belongs to root."""
    made = set(re.findall(r"/made/code(/run/\S+)", (ROOT / "Dockerfile").read_text()))
    for name, one in OURS.items():
        wanted = {volume.split(":")[1] for volume in one["volumes"] if not volume.endswith(":ro")}
        assert wanted <= made, name


def test_each_caller_holds_its_own_token_and_no_other() -> None:
    mounts = {name: [volume.partition(":")[0] for volume in one["volumes"]] for name, one in OURS.items()}
    for caller in process_tokens.SCOPES:
        assert {name for name, volumes in mounts.items() if f"secrets-{caller}" in volumes} == {"secrets", caller}
    for name, one in OURS.items():
        if name == "secrets":
            assert {f"secrets-{folder}:/run/services/{folder}" for folder in NEEDS} <= set(one["volumes"])
            continue
        (folder,) = [volume for volume in mounts[name] if volume.startswith("secrets")]
        assert folder == (f"secrets-{name}" if name in process_tokens.SCOPES else "secrets-processes"), name
        for variable in process_tokens.OPTIONAL:
            path = f"/run/gatehouse/{variable.removeprefix('GATEHOUSE_').lower()}"
            assert one["environment"][f"{variable}_FILE"] == path, name


def test_every_secret_that_a_channel_declares_reaches_the_processes_that_send_and_hear() -> None:
    """By its own variable, or in the one that holds those of any channel."""
    declared = dev_channels.declared(settings.load({}))
    assert len(declared) >= 7
    for name in ("alerts", "api"):
        given = SERVICES[name]["environment"]
        assert {f"${{{variable}:-}}" for variable in declared} <= set(given.values())
        assert given[secret_bundle.VARIABLE] == f"${{{secret_bundle.VARIABLE}:-}}"
    assert secret_bundle.VARIABLE not in SERVICES["console"]["environment"]


def test_nothing_listens_beyond_this_machine() -> None:
    for name, one in SERVICES.items():
        assert all(str(port).startswith("127.0.0.1:") for port in one.get("ports", [])), name
