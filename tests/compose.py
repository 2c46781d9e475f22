"""docker-compose.yml as data, with its variables filled in the way an engine would."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<text>[^}]*))?\}")


def read_compose() -> dict:
    """The whole file; YAML merge keys are resolved."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def portal_services() -> dict[str, dict]:
    """The services that run our image."""
    return {name: service for name, service in read_compose()["services"].items() if "build" in service}


def asked_variables(text: str) -> set[str]:
    """Names of all ${VARIABLES} in `text`."""
    return {match["name"] for match in VARIABLE.finditer(text)}


def fill(text: object, values: dict[str, str]) -> str:
    """Replace ${NAME:-default} and ${NAME:?message} in `text`; KeyError for a value that must be given."""

    def value_of(match: re.Match) -> str:
        default = match["text"] if match["kind"] == "-" else None
        return values[match["name"]] if default is None else values.get(match["name"], default)

    return VARIABLE.sub(value_of, str(text)).replace("$$", "$")


def environment_of(service: dict, values: dict[str, str]) -> dict[str, str]:
    """The environment a container of `service` would get."""
    return {name: fill(value, values) for name, value in service["environment"].items()}
