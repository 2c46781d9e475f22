"""docker-compose.yml and .env.example keep their promises; no container engine is needed."""

import re

import pytest

from portal.launcher.plan import QUEUES
from scripts.make_secrets import make_all
from tests.compose import ROOT, asked_variables, environment_of, portal_services, read_compose

GIVEN = {"ALLOWED_HOSTS": "congan.example.vn", "PUBLIC_URL": "https://congan.example.vn"}
# Read by Celery itself, not by our settings.
CELERYS_OWN = {"REMAP_SIGTERM"}
READ_IN_SETTINGS = re.compile(r'(?:env\.\w+|read_text|environ\.get)\(\s*"([A-Z_]+)"')
SECRET_IN_SETTINGS = re.compile(r'_read_secret\("([a-z_]+)"')
READ_IN_LAUNCHER = re.compile(r'values\.get\("([A-Z_]+)"')


def source_of(folder: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / folder).glob("*.py")))


def names_read_by_settings() -> set[str]:
    source = source_of("portal/settings")
    secrets = {f"PORTAL_{name.upper()}" for name in SECRET_IN_SETTINGS.findall(source)}
    return set(READ_IN_SETTINGS.findall(source)) | secrets


def names_in_example() -> list[str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", text, flags=re.MULTILINE)


def names_in_compose() -> set[str]:
    """Variables of our containers, those read from a file under their plain name."""
    names = {name for service in portal_services().values() for name in service["environment"]}
    return {name.removesuffix("_FILE") for name in names} - CELERYS_OWN


def test_example_names_every_variable_exactly_once():
    expected = names_read_by_settings() | set(READ_IN_LAUNCHER.findall(source_of("portal/launcher")))

    assert sorted(names_in_example()) == sorted(expected)


def test_every_variable_of_compose_is_read_by_settings():
    assert names_in_compose() - names_read_by_settings() == set()


def test_every_variable_asked_from_the_person_stands_in_the_example():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    assert asked_variables(text) - set(names_in_example()) == set()


@pytest.mark.parametrize("name", sorted(portal_services()))
def test_service_runs_in_production_without_debug_or_keys_in_variables(name):
    service = portal_services()[name]
    environment = environment_of(service, GIVEN)

    assert environment["PORTAL_MODE"] == "production"
    assert "PORTAL_DEBUG" not in environment
    assert "TEST_PHONES_ALLOWED" not in environment
    assert [key for key in environment if re.search("PASSWORD|SECRET_KEY$|API_KEY$|_URL$", key)] == [
        "PUBLIC_URL",
        "ESMS_BASE_URL",
        "SPEEDSMS_BASE_URL",
    ]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "ports" not in service or all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_host_and_address_must_be_given():
    with pytest.raises(KeyError, match="ALLOWED_HOSTS"):
        environment_of(portal_services()["web"], {})


def test_stores_are_not_reachable_from_outside():
    services = read_compose()["services"]

    assert [services[name]["networks"] for name in ("postgres", "redis")] == [["inside"], ["inside"]]
    assert read_compose()["networks"]["inside"] == {"internal": True}
    assert not any("ports" in services[name] for name in ("postgres", "redis"))


def test_every_long_lived_service_has_a_health_check():
    services = read_compose()["services"]

    assert [name for name, service in services.items() if "healthcheck" not in service] == ["migrate"]


def test_workers_serve_every_queue_once_and_stop_softly():
    services = portal_services()
    workers = {name: service for name, service in services.items() if "worker" in service["command"]}
    queues = [part.removeprefix("--queues=") for service in workers.values() for part in service["command"]]
    served = [name for part in queues if "," in part for name in part.split(",")]

    assert sorted(served) == sorted(QUEUES.split(","))
    assert {service["environment"]["REMAP_SIGTERM"] for service in workers.values()} == {"SIGQUIT"}
    assert "REMAP_SIGTERM" not in services["beat"]["environment"]


def test_every_secret_file_is_made_by_the_script(tmp_path):
    make_all(tmp_path)
    declared = read_compose()["secrets"]
    mounted = {name for service in read_compose()["services"].values() for name in service.get("secrets", [])}

    assert set(declared) == mounted == {path.name for path in tmp_path.iterdir()}
    assert {value["file"] for value in declared.values()} == {
        f"var/compose-secrets/{name}" for name in declared
    }


def test_making_secrets_again_keeps_them(tmp_path):
    make_all(tmp_path)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}

    make_all(tmp_path)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_image_runs_as_an_ordinary_user_and_holds_what_services_call():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert re.findall(r"^USER (.*)$", dockerfile, flags=re.MULTILINE) == ["portal"]
    for path in ("manage.py", "scripts/healthcheck.py", "scripts/make_secrets.py", "portal", "locale"):
        assert (ROOT / path).exists()
        assert f"!{path}" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
