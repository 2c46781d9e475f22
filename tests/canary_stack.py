"""The whole portal as real processes on servers of its own, and all they leave behind as files to search."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import redis

from tests.canary import open_session
from tests.processes import Command, clean_environment, free_port_pair, http_status, start_command, wait_until
from tests.servers import Postgres, Valkey, new_folder, start_postgres, start_valkey

LOUD = {"LOG_LEVEL": "DEBUG", "OUTBOX_SWEEP_SECONDS": "2", "WORK_BITS": "4", "QUEUE_SECONDS": "1"}
ACCESS_LINE = "%(method)s %(path)s?%(query_string)s %(status)d"
QUEUES = "codes,transactional,bulk,callbacks,documents,maintenance"


@dataclass
class Stack:
    """A running portal. Everything it writes lies below `folder`, in the database or in the broker."""

    folder: Path
    broker: Valkey
    database: Postgres | None
    environment: dict[str, str]
    base: str
    provider: str
    running: list[Command] = field(default_factory=list)

    def start(self, name: str, *arguments: str, **environment: str) -> Command:
        """A process whose every line goes to logs/<name>.log."""
        log = self.folder / "logs" / f"{name}.log"
        command = start_command(
            [sys.executable, *arguments], environment=self.environment | environment, log=log
        )
        self.running.append(command)
        return command

    def log(self, name: str) -> str:
        """What process `name` wrote so far."""
        return (self.folder / "logs" / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def manage(self, *arguments: str, text: str = "") -> str:
        """Output of a management command; its error lines are kept with the logs."""
        ran = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        with (self.folder / "logs" / "commands.log").open("a", encoding="utf-8") as log:
            log.write(ran.stderr)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def sql(self, statement: str, *values: object) -> list[tuple]:
        """Run one statement on the database itself, past the portal."""
        if self.database is None:
            import sqlite3

            path = self.folder / "var" / "portal.sqlite3"
            with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as connection:
                return connection.execute(statement.replace("%s", "?"), values).fetchall()
        import psycopg

        with psycopg.connect(self.database.url, autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def places(self) -> list[Path]:
        """Where to look: dumps made now, raw files of both servers, logs, own and temporary files."""
        self._write_dumps()
        raw = [self.database.folder] if self.database else []
        logs = [path for path in (self.folder / "logs").iterdir() if path.name != "web.log"]
        own = [self.folder / name for name in ("var", "tmp", "dumps")]
        return [*own, *logs, self.broker.folder, *raw]

    def _write_dumps(self) -> None:
        dumps = self.folder / "dumps"
        dumps.mkdir(exist_ok=True)
        # eSMS reports a delivery by a GET whose address has the phone: its wire format, not ours to change.
        lines = [line for line in self.log("web").splitlines() if not line.startswith("GET /callbacks/esms/")]
        (dumps / "web.log").write_text("\n".join(lines), encoding="utf-8")
        if self.database:
            self.sql("CHECKPOINT")
            dump = [
                self.database.binary("pg_dump"),
                "--dbname",
                self.database.url,
                "--file",
                str(dumps / "dump.sql"),
            ]
            subprocess.run(dump, check=True)
        sessions = self.sql("SELECT session_key, session_data FROM django_session")
        for key, stored in sessions:
            (dumps / f"session-{key}").write_bytes(open_session(stored))
        for number in (0, 1):
            _dump_keys(f"{self.broker.url}/{number}", dumps / f"valkey-{number}")

    def stop(self) -> None:
        """End the processes, then the servers, and delete everything."""
        for command in reversed(self.running):
            command.end()
        self.broker.remove()
        if self.database:
            self.database.remove()


def _dump_keys(url: str, path: Path) -> None:
    with redis.Redis.from_url(url) as client, path.open("wb") as stream:
        for key in client.scan_iter(count=1000):
            stream.write(key + b"\n" + (client.dump(key) or b"") + b"\n")


class Listener:
    """Writes down every command the broker gets, so that a task argument is seen even after it was done."""

    def __init__(self, broker: Valkey, path: Path) -> None:
        address = urlsplit(broker.url)
        self.socket = socket.create_connection((address.hostname, address.port))
        self.socket.sendall(f"AUTH {address.password}\r\nMONITOR\r\n".encode())
        threading.Thread(target=self._listen, args=(path,), daemon=True).start()

    def _listen(self, path: Path) -> None:
        with path.open("wb", buffering=0) as stream:
            while heard := self._receive():
                stream.write(heard)

    def _receive(self) -> bytes:
        try:
            return self.socket.recv(65536)
        except OSError:
            return b""


@contextmanager
def portal_stack(*, on_postgres: bool) -> Iterator[Stack]:
    """Start everything in development mode (it tells most) with debug lines and an access log; end it all."""
    folder = new_folder("canary")
    for name in ("var", "logs", "tmp", "dumps"):
        (folder / name).mkdir()
    stack = _new_stack(folder, start_postgres() if on_postgres else None, start_valkey())
    with redis.Redis.from_url(stack.broker.url) as client:
        client.config_set("rdbcompression", "no")  # compressed text would be searched in vain
    listener = Listener(stack.broker, folder / "logs" / "broker-commands.log")
    try:
        _start_processes(stack)
        yield stack
    finally:
        stack.stop()
        listener.socket.close()
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def _new_stack(folder: Path, database: Postgres | None, broker: Valkey) -> Stack:
    port = free_port_pair()
    base, provider = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"
    where = {"DATABASE_URL": database.url} if database else {}
    environment = clean_environment(
        PORTAL_MODE="development",
        PORTAL_VAR=str(folder / "var"),
        TMPDIR=str(folder / "tmp"),
        REDIS_URL=broker.url,
        SMS_CHANNEL="esms",
        ESMS_BASE_URL=provider,
        LOCAL_PROVIDER_URL=provider,
        ZALO_OAUTH_URL=provider,
        ZALO_OA_URL=provider,
        ZALO_ZBS_URL=provider,
        PUBLIC_URL=base,
        CODES_PER_PREFIX_PER_HOUR="1",
        **LOUD,
        **where,
    )
    return Stack(folder, broker, database, environment, base, provider)


def _start_processes(stack: Stack) -> None:
    port = int(stack.base.rpartition(":")[2])
    prepare = stack.start("prepare", "-m", "portal.launcher.prepare")
    # As a command it knows the seeded account. Its own memory is the vendor's: it is not searched.
    kept = str(stack.folder / "provider")
    stack.start("provider", "manage.py", "fake_providers", "--port", str(port + 1), "--data", kept)
    assert prepare.process.wait(timeout=120) == 0, prepare.output
    threads = "4" if stack.database else "1"
    web = [
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        threads,
        "--no-ws",
    ]
    web += ["--access-log", "--access-log-fmt", ACCESS_LINE]
    stack.start("web", "-m", "granian", *web, "--log-level", "debug", "tests.canary_faults:application")
    worker = ["worker", "--concurrency", "1", "--loglevel", "DEBUG", "--queues", QUEUES]
    worker += ["--include", "tests.canary_faults", "--without-gossip", "--without-mingle"]
    stack.start("worker", "-m", "celery", "-A", "portal", *worker)
    stack.start("beat", "-m", "celery", "-A", "portal", "beat", "--loglevel", "DEBUG", "--pidfile=")
    assert wait_until(lambda: http_status(f"{stack.base}/healthz") == 200, seconds=40), stack.running[
        2
    ].output
