"""The dashboard: the checked-in file is what the code makes, and it has what the product promises."""

import json

import yaml

from deploy.grafana.__main__ import FILE, written
from deploy.grafana.dashboard import COLUMNS, dashboard
from tests.tree import ROOT

PROMISED = {
    "Prediction requests", "Fraud predictions", "Fraud rate", "Model health", "Requests/s", "Fraud detection rate",
    "p95 latency",
}  # fmt: skip


def test_the_file_is_what_the_code_makes() -> None:
    assert FILE.read_text() == written(), "run `make dashboards`"


def test_it_has_the_promised_panels() -> None:
    assert {panel["title"] for panel in dashboard()["panels"]} >= PROMISED


def test_panels_lie_side_by_side_and_have_ids_of_their_own() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= COLUMNS
        assert not cells & taken, f"{panel['title']} lies on another panel"
        taken |= cells


def test_every_panel_asks_the_chosen_prometheus() -> None:
    for panel in dashboard()["panels"]:
        if panel["type"] != "row":
            assert panel["targets"]
            assert panel["description"]
            assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}


def test_provisioning_finds_what_it_names() -> None:
    folder = ROOT / "deploy" / "grafana" / "provisioning"
    (source,) = yaml.safe_load((folder / "datasources" / "prometheus.yml").read_text())["datasources"]
    (provider,) = yaml.safe_load((folder / "dashboards" / "gatehouse.yml").read_text())["providers"]
    assert source["type"] == dashboard()["templating"]["list"][0]["query"] == "prometheus"
    assert provider["type"] == "file"
    assert json.loads(FILE.read_text())["uid"] == "gatehouse"


def test_compose_mounts_what_provisioning_names() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    (provider,) = yaml.safe_load(
        (ROOT / "deploy" / "grafana" / "provisioning" / "dashboards" / "gatehouse.yml").read_text()
    )["providers"]
    mounts = dict(volume.removesuffix(":ro").split(":") for volume in compose["grafana"]["volumes"])
    assert {target: (ROOT / source).is_dir() for source, target in mounts.items()} == {
        "/etc/grafana/provisioning": True,
        provider["options"]["path"]: True,
    }
    assert compose["grafana"]["environment"]["PROMETHEUS_URL"] == "http://prometheus:9090"
    scraped = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())["scrape_configs"][0]
    targets = {group["targets"][0].split(":")[0] for group in scraped["static_configs"]}
    assert targets == {group["labels"]["process"] for group in scraped["static_configs"]} <= compose.keys()
