"""What `make run` starts: read from the environment, changed nowhere else."""

import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.launcher.processes import Child, Undertaker

ROOT = Path(__file__).resolve().parents[2]
QUEUES = "codes,transactional,bulk,callbacks,documents,maintenance"
DEFAULT_PORT = 8000


class BadStart(Exception):
    """The portal cannot start like this; the message tells the person at the terminal why."""


@dataclass(frozen=True)
class Plan:
    """Where and with what the portal runs. `environment` is what every child gets."""

    port: int
    bind: str
    var: Path
    environment: dict[str, str]

    @property
    def provider_port(self) -> int:
        """Port of the local message provider's page."""
        return self.port + 1

    @property
    def base_url(self) -> str:
        """Address of the citizens' page, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def provider_url(self) -> str:
        """Address of the local provider, without a slash at the end."""
        return f"http://127.0.0.1:{self.provider_port}"

    @property
    def needs_broker(self) -> bool:
        """True when nobody named a Redis, so that the launcher brings its own server."""
        return not self._names_one_of("REDIS_URL", "REDIS_URL_FILE", "PORTAL_BROKER_URL")

    @property
    def is_postgres(self) -> bool:
        """True when DATABASE_URL names a database server."""
        return self._names_one_of("DATABASE_URL", "DATABASE_URL_FILE")

    def _names_one_of(self, *names: str) -> bool:
        return any(self.environment.get(name) for name in names)


def read_plan(environment: dict[str, str]) -> Plan:
    """Make the plan from `environment` (a copy of os.environ) and the file .env. Raises BadStart."""
    values = {**read_env_file(ROOT / ".env"), **environment}
    port = _read_port(values.get("PORT") or str(DEFAULT_PORT))
    var = Path(values.get("PORTAL_VAR") or ROOT / "var").resolve()
    plan = Plan(port=port, bind=values.get("PORTAL_BIND") or "127.0.0.1", var=var, environment=values)
    values.setdefault("PORTAL_MODE", "development")
    values.setdefault("PUBLIC_URL", plan.base_url)
    values |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_VAR": str(var),
        "PORT": str(port),
        # Always the local one: demo phones must never reach a vendor, whatever the shell has set.
        "ESMS_BASE_URL": plan.provider_url,
        "ZALO_OAUTH_URL": plan.provider_url,
        "ZALO_OA_URL": plan.provider_url,
        "ZALO_ZBS_URL": plan.provider_url,
        "LOCAL_PROVIDER_URL": plan.provider_url,
        "PYTHONUNBUFFERED": "1",
    }
    return plan


def read_env_file(path: Path) -> dict[str, str]:
    """Return NAME=value lines of `path`; the settings read the same file with the same meaning."""
    if not path.exists():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (
        line.removeprefix("export ").partition("=") for line in lines if line and not line.startswith("#")
    )
    return {name.strip(): value.strip().strip("\"'") for name, sign, value in pairs if sign}


def _read_port(text: str) -> int:
    """The highest port stays free for nobody: the provider sits one above."""
    if not text.isdigit() or not 1 <= int(text) <= 65534:
        raise BadStart(
            f"PORT phải là số từ 1 đến 65534, không phải {text!r}. / PORT must be a number 1-65534."
        )
    return int(text)


def check_ports(plan: Plan) -> None:
    """Raise BadStart when the portal's port or the provider's port is taken."""
    for host, port in ((plan.bind, plan.port), ("127.0.0.1", plan.provider_port)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise BadStart(
                    f"Cổng {port} không dùng được ({error.strerror}). Hãy chọn cổng khác.\n"
                    f"Port {port} cannot be used. Choose another one: make run PORT={plan.port + 10}"
                ) from error


def portal_children(plan: Plan, hear: Callable[[str, str], None], undertaker: Undertaker) -> list[Child]:
    """Return web, provider, worker and beat in the order in which they are started."""
    python, environment = sys.executable, plan.environment

    def child(name: str, seconds: float, *command: str, **extra: str) -> Child:
        return Child(name, [python, *command], {**environment, **extra}, hear, ROOT, undertaker, seconds)

    return [
        child("web", 4, *web_command(plan)),
        child("provider", 3, "manage.py", "fake_providers", "--port", str(plan.provider_port)),
        # Celery reads REMAP_SIGTERM at start: SIGTERM then hands running tasks back and does not wait.
        child("worker", 9, *worker_command(), REMAP_SIGTERM="SIGQUIT"),
        child("beat", 4, "-m", "celery", "-q", "-A", "portal", "beat", "--loglevel", "INFO", "--pidfile="),
    ]


def web_command(plan: Plan) -> list[str]:
    """SQLite gets single-threaded workers: threads of one process wait for each other's write lock."""
    threads = "4" if plan.is_postgres else "1"
    options = ["--interface", "wsgi", "--host", plan.bind, "--port", str(plan.port), "--workers", "2"]
    options += (
        f"--blocking-threads {threads} --no-ws --respawn-failed-workers --workers-kill-timeout 3".split()
    )
    return ["-m", "granian", *options, "portal.wsgi:application"]


def worker_command() -> list[str]:
    """One worker for all queues; two processes, or what the machine has when that is less.

    An idle worker stops at once here (in production it waits, for tasks it may have prefetched): a person
    who pressed Ctrl-C is waiting, and the outbox publishes again whatever was on its way.
    """
    processes = str(min(2, os.cpu_count() or 1))
    options = ["--queues", QUEUES, "--concurrency", processes, "--loglevel", "INFO"]
    options += ["--without-gossip", "--without-mingle", "--"]
    options += ["worker_soft_shutdown_timeout=6", "worker_enable_soft_shutdown_on_idle=false"]
    return ["-m", "celery", "-q", "-A", "portal", "worker", *options]
