"""Each service's command of docker-compose.yml starts outside Docker and passes its own health check."""

import re
import shutil
import sys
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest

from scripts.make_secrets import make_all
from tests.compose import environment_of, fill, portal_services
from tests.processes import Command, clean_environment, http_status, start_command, wait_until
from tests.servers import free_port, start_postgres, start_valkey

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("services")]
HOST = "congan.example.vn"
GIVEN = {"ALLOWED_HOSTS": HOST, "PUBLIC_URL": f"https://{HOST}"}


@pytest.fixture(scope="module")
def secrets_folder(tmp_path_factory) -> Generator[Path]:
    """/run/secrets as the engine would mount it, for private servers."""
    folder = tmp_path_factory.mktemp("secrets")
    database, broker = start_postgres(durable=False), start_valkey()
    (folder / "database_url").write_text(database.url)
    (folder / "redis_url").write_text(broker.url)
    make_all(folder)
    yield folder
    broker.remove()
    database.remove()


@pytest.fixture(scope="module")
def container(secrets_folder: Path, tmp_path_factory):
    """A stand-in for a container: writable folder, port, and how to run a service's commands in it."""
    return Container(secrets_folder, tmp_path_factory.mktemp("container"), free_port())


class Container:
    """Runs command lines of docker-compose.yml with the paths of this machine."""

    def __init__(self, secrets_folder: Path, folder: Path, port: int) -> None:
        self.secrets_folder, self.folder, self.port = secrets_folder, folder, port

    def here(self, text: str) -> str:
        """Replace the container's paths and port in `text`."""
        moved = text.replace("/run/secrets", str(self.secrets_folder))
        moved = moved.replace("/srv/", f"{self.folder}/")
        moved = re.sub(r"^--port=\d+$", f"--port={self.port}", moved)
        return moved.replace("=/tmp/", f"={self.folder}/")

    def environment(self, service: dict) -> dict[str, str]:
        """The service's environment, and the venv's programs first on PATH."""
        values = {name: self.here(value) for name, value in environment_of(service, GIVEN).items()}
        own = {"PORTAL_VAR": str(self.folder / "var"), "TMPDIR": str(self.folder)}
        own["HEALTHCHECK_URL"] = f"http://127.0.0.1:{self.port}/healthz"
        path = f"{Path(sys.executable).parent}:{clean_environment()['PATH']}"
        return clean_environment(**values, **own, PATH=path)

    def run(self, name: str, arguments: list[str], label: str) -> Command:
        """Start `arguments` with the environment of service `name`."""
        line = [self.here(fill(part, GIVEN)) for part in arguments]
        environment = self.environment(portal_services()[name])
        line[0] = shutil.which(line[0], path=environment["PATH"])
        return start_command(line, environment=environment, log=self.folder / f"{label}.log")

    def is_well(self, name: str) -> bool:
        """Run the health check of service `name`."""
        check = portal_services()[name]["healthcheck"]["test"]
        command = self.run(name, check[1:], f"{name}-health")
        return command.process.wait(timeout=40) == 0


def has_tables(url: str) -> bool:
    """True when the migrations went where the secret file says, not into a SQLite file."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()[0]


@pytest.fixture(scope="module")
def migrated(container: Container) -> Container:
    """The container after the job that runs first, and after the image's collectstatic."""
    job = container.run("migrate", portal_services()["migrate"]["command"], "migrate")
    assert job.process.wait(timeout=180) == 0, job.output
    assert has_tables((container.secrets_folder / "database_url").read_text())
    # Without the viewers of the API docs: compressing them costs a minute, and no page here needs them.
    build = ["python", "manage.py", "collectstatic", "--no-input", "-v0", "--ignore=drf_spectacular_sidecar"]
    job = container.run("web", build, "static")
    assert job.process.wait(timeout=180) == 0, job.output
    return container


@pytest.fixture
def service(migrated: Container) -> Generator:
    """`service(name)` starts a service of docker-compose.yml."""
    running = []

    def start(name: str) -> Command:
        command = migrated.run(name, portal_services()[name]["command"], name)
        running.append(command)
        return command

    yield start
    for command in running:
        command.process.terminate()
        command.process.wait(timeout=30)
        command.end()


def test_web_is_healthy_and_shows_the_front_page(service, migrated):
    command = service("web")

    assert wait_until(lambda: migrated.is_well("web"), seconds=60), command.output
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    assert http_status(f"http://127.0.0.1:{migrated.port}/", headers) == 200, command.output
    assert http_status(f"http://127.0.0.1:{migrated.port}/", {"Host": "other.example"}) == 400


@pytest.mark.parametrize("name", ["worker", "worker-bulk"])
def test_worker_answers_its_ping(service, migrated, name):
    command = service(name)

    assert wait_until(lambda: migrated.is_well(name), seconds=90), command.output


def test_beat_sends_due_tasks_and_is_healthy(service, migrated):
    command = service("beat")

    assert command.wait_for("Sending due task", seconds=90), command.output
    assert migrated.is_well("beat"), command.output


def test_web_refuses_to_start_without_keys(migrated, tmp_path):
    environment = migrated.environment(portal_services()["web"]) | {"PORTAL_SECRETS_DIR": str(tmp_path)}
    command = start_command(
        [sys.executable, "manage.py", "check"], environment=environment, log=tmp_path / "check.log"
    )

    assert command.process.wait(timeout=60) != 0
    assert "No secret 'field_keys'" in command.output
