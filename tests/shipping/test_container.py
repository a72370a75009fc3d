"""Containerfile, compose.yaml and deploy/kubernetes.

The files are checked everywhere. With buildah, as root, the image is built and run, on a base that
PORTAL_TEST_BASE names: a folder with a file system that has Python 3.11 with venv. The variable
PORTAL_TEST_WHEELS names a folder with the wheels of requirements.txt (`make offline-bundle`).
That takes three minutes beside the minute that debootstrap needs for a base, so make test does not.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import kubernetes_validate
import pytest
import yaml

from tests.servers import PROJECT, free_port
from tests.shipping.builds import copy_source, plain_environ
from tests.shipping.test_deploy import settings_read

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
KUBERNETES = PROJECT / "deploy" / "kubernetes"


class Buildah:
    """buildah with a store of its own."""

    def __init__(self, folder: Path) -> None:
        self._store = ["--root", str(folder / "store"), "--runroot", str(folder / "run")]

    def __call__(self, *words: object) -> str:
        command = ["buildah", *self._store, *map(str, words)]
        done = subprocess.run(
            command, env=self.environ, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def start(self, *words: object) -> subprocess.Popen[str]:
        command = ["buildah", *self._store, *map(str, words)]
        return subprocess.Popen(command, env=self.environ, stdout=subprocess.PIPE, text=True)

    environ = plain_environ(BUILDAH_ISOLATION="chroot")


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buildah]:
    """buildah with the image `portal`; without it or a base, the tests say so."""
    base, wheels = (os.environ.get(f"PORTAL_TEST_{name}") for name in ("BASE", "WHEELS"))
    if shutil.which("buildah") is None:
        pytest.skip("there is no buildah: the image was not built")
    if os.geteuid() != 0:
        pytest.skip("buildah runs as root here: the image was not built")
    if not base or not wheels:
        pytest.skip("PORTAL_TEST_BASE and PORTAL_TEST_WHEELS are not set: it would take minutes")
    folder = tmp_path_factory.mktemp("image")
    run = Buildah(folder)
    empty = run("from", "scratch")
    run("copy", "-q", empty, base, "/")
    run("commit", "-q", "--rm", empty, "localhost/base")
    source = copy_source(folder / "source")
    shutil.copytree(wheels, source / "wheels")
    arguments = ("BASE=localhost/base", "PIP_NO_INDEX=1", "PIP_FIND_LINKS=/source/wheels")
    options = [word for each in arguments for word in ("--build-arg", each)]
    file = source / "Containerfile"
    run("bud", "-q", "--format", "docker", *options, "-f", file, "-t", "localhost/portal", source)
    yield run
    run("rm", "--all")
    run("rmi", "--all", "--force")


def test_the_image_serves_as_a_user_of_its_own_and_writes_only_where_it_may(
    buildah: Buildah, tmp_path: Path
) -> None:
    container, port = buildah("from", "localhost/portal"), str(free_port())
    root = Path(buildah("mount", container))
    before = {path: path.lstat().st_mtime_ns for path in _fixed(root)}
    settings = {"PORTAL_PORT": port, "PORTAL_BASE_URL": "https://portal.example.com"}
    options = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]
    process = buildah.start("run", *options, container, "--", "portal", "serve")
    assert process.stdout is not None
    try:
        assert "ready https://portal.example.com\n" in iter(process.stdout.readline, "")
        answer = httpx.get(f"http://127.0.0.1:{port}/login", trust_env=False)
        assert answer.status_code == 200
        config = _config(buildah, "localhost/portal")
        buildah("run", *options, container, "--", *config["Healthcheck"]["Test"][1:])
        (serving,) = _running(f"PORTAL_PORT={port}")
        assert serving.stat().st_uid == 10001
    finally:
        for found in _running(f"PORTAL_PORT={port}"):
            os.kill(int(found.name), 15)
        process.wait(60)
    assert {path: path.lstat().st_mtime_ns for path in _fixed(root)} == before
    bill = json.loads((root / config["Labels"]["sbom.path"].lstrip("/")).read_text())
    names = {part["name"] for part in bill["components"]}
    assert "litestar" in names and not names & {"pip", "setuptools", "pytest"}


def _config(buildah: Buildah, image: str) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(buildah("inspect", image))["Docker"]["config"]
    return config


def _fixed(root: Path) -> Iterator[Path]:
    """Files outside the volume and what an engine mounts."""
    for top in ("opt", "usr", "etc"):
        yield from (path for path in (root / top).rglob("*") if not path.is_symlink())


def _running(variable: str) -> list[Path]:
    """Processes of the portal's server with a variable in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environ = (process / "environ").read_bytes().split(b"\0")
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if variable.encode() in environ and command[1:3] == [b"/opt/portal/bin/portal", b"serve"]:
            found.append(process)
    return found


def test_the_image_ends_as_an_ordinary_user_without_tools_that_build() -> None:
    text = (PROJECT / "Containerfile").read_text("utf-8")
    final = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    assert "HEALTHCHECK" in final and "pip install" not in final
    assert "--require-hashes" in text and not re.search(r"\b(gcc|build-essential)\b", text)


def test_what_an_image_is_built_from_has_no_secrets_and_no_data() -> None:
    lines = (PROJECT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert not {"!.env", "!var", "!.git", "!dist"} & set(rules)


def test_compose_publishes_the_proxy_alone_and_keeps_the_rest_on_loopback() -> None:
    assert set(SERVICES) == {"portal", "worker", "proxy", "database", "files", "mail"}
    for name, service in SERVICES.items():
        assert ("ports" in service) == (name == "proxy")
        assert name == "proxy" or service["network_mode"] == "service:proxy"
        assert service["restart"] == "unless-stopped"
    # Until someone decides otherwise, no one else reaches it.
    ports = SERVICES["proxy"]["ports"]
    assert all(port.startswith(("127.0.0.1:", "${PORTAL_BIND:-127.0.0.1}:")) for port in ports)


def test_compose_and_kubernetes_run_the_portal_read_only_and_without_rights() -> None:
    for name in ("portal", "worker"):
        assert SERVICES[name]["read_only"] and SERVICES[name]["cap_drop"] == ["ALL"]
    for deployment in _documents("deployments.yaml"):
        pod = deployment["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        rights = container["securityContext"]
        assert pod["securityContext"]["runAsNonRoot"] and rights["readOnlyRootFilesystem"]
        assert rights["capabilities"] == {"drop": ["ALL"]}


def test_compose_and_kubernetes_set_what_the_portal_reads() -> None:
    known = settings_read()
    for service in ("portal", "worker"):
        given = {name for name in SERVICES[service]["environment"] if name.startswith("PORTAL_")}
        assert given <= known
    (base,) = _documents("kustomization.yaml")
    literals = base["configMapGenerator"][0]["literals"]
    assert {each.partition("=")[0] for each in literals} <= known
    # What compose asks for, its script writes.
    asked = set(re.findall(r"\$\{(\w+):\?", (PROJECT / "compose.yaml").read_text("utf-8")))
    script = (PROJECT / "deploy/compose-settings").read_text("utf-8")
    assert asked == set(
        re.findall(r"\b[A-Z_]+_(?:PASSWORD|PASSPHRASE)\b", script.partition("echo ")[0])
    )


def test_compose_settings_writes_passwords_once_for_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    script = shutil.copy(PROJECT / "deploy/compose-settings", tmp_path / "deploy")
    subprocess.run([script], check=True, capture_output=True)
    written = (tmp_path / ".env").read_text()
    values = [line.partition("=")[2] for line in written.splitlines()]
    assert len(set(values)) == 5 and all(len(value) == 48 for value in values)
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    subprocess.run([script], check=True, capture_output=True)
    assert (tmp_path / ".env").read_text() == written


def _documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((KUBERNETES / name).read_text("utf-8")))


@pytest.mark.parametrize("version", ["1.25", "1.37"])
@pytest.mark.parametrize("name", ["deployments.yaml", "service.yaml"])
def test_kubernetes_knows_every_field_of_its_files(name: str, version: str) -> None:
    for document in _documents(name):
        kubernetes_validate.validate(document, version, strict=True)


def test_what_kubernetes_objects_refer_to_is_there() -> None:
    (base,) = _documents("kustomization.yaml")
    objects = [each for name in base["resources"] for each in _documents(name)]
    images = {each["name"] for each in base["images"]}
    labels, ports = list[dict[str, str]](), set[str]()
    for deployment in (each for each in objects if each["kind"] == "Deployment"):
        template = deployment["spec"]["template"]
        labels.append(template["metadata"]["labels"])
        assert deployment["spec"]["selector"]["matchLabels"] == labels[-1]
        (container,) = template["spec"]["containers"]
        assert container["image"] in images
        (settings, _) = container["envFrom"]
        assert settings["configMapRef"]["name"] == base["configMapGenerator"][0]["name"]
        volumes = {volume["name"] for volume in template["spec"]["volumes"]}
        assert {mount["name"] for mount in container["volumeMounts"]} == volumes
        ports |= {port["name"] for port in container.get("ports", ())}
    by_kind = {each["kind"]: each for each in objects}
    service, budget = by_kind["Service"], by_kind["PodDisruptionBudget"]
    assert service["spec"]["selector"] in labels
    assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports
    assert budget["spec"]["selector"]["matchLabels"] in labels
    (rule,) = by_kind["Ingress"]["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert path["backend"]["service"]["name"] == service["metadata"]["name"]


def test_kustomize_takes_its_base() -> None:
    if shutil.which("kubectl") is None:
        # The two tests above check the same files everywhere.
        pytest.skip("there is no kubectl: Debian 12 has 1.20, which knows no `labels`")
    command = ["kubectl", "kustomize", str(KUBERNETES)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    kinds = [each["kind"] for each in yaml.safe_load_all(done.stdout)]
    assert sorted(kinds) == sorted(
        ["ConfigMap", "Deployment", "Deployment", "Ingress", "PodDisruptionBudget", "Service"]
    )


def test_the_version_of_the_base_is_the_released_one() -> None:
    (base,) = _documents("kustomization.yaml")
    assert f'version = "{base["images"][0]["newTag"]}"' in (PROJECT / "pyproject.toml").read_text()
