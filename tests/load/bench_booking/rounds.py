"""Measure by turns: the portal and the bare view, hot and spread, few and many earlier bookings.

A round is one measurement of every arm, one after the other; a machine that gets slower gets slower for all.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from tests.load.bench_booking import BENCH_HOST, RECIPE_VARIABLE
from tests.load.bench_booking.machine import cpu_seconds, load_average
from tests.processes import http_status, start_command, wait_until
from tests.servers import free_port

REAL, BARE = "portal", "bare view"
APPLICATIONS = {REAL: "portal.wsgi:application", BARE: "tests.load.bench_booking.bare:application"}
THREADS = 4  # as in portal/launcher/plan.py and docker-compose.yml
TOKEN = "b" * 32
HEADERS = {
    "Host": BENCH_HOST,
    "Origin": f"https://{BENCH_HOST}",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "198.51.100.7",
    "Content-Type": "application/x-www-form-urlencoded",
    "Cookie": f"csrftoken={TOKEN}",
}
Post = tuple[str, str, str]


class NotAllBooked(Exception):
    """A measurement in which a request failed is none."""


@dataclass
class Field:
    """One prepared database with its environment and its holds that are still unused."""

    earlier: int
    database: str
    environment: dict[str, str]
    folder: Path
    database_pid: int = 0
    statements: int = 0
    faults: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    posts: dict[str, list[Post]] = field(default_factory=dict)

    def read(self) -> None:
        """Take over what prepare.py left in the folder."""
        content = json.loads((self.folder / "posts.json").read_text(encoding="utf-8"))
        self.statements, self.faults = content["statements"], content["faults"]
        self.reads = content["reads"]
        self.posts = {shape: content[shape] for shape in ("hot", "spread")}

    def take(self, shape: str, count: int) -> list[Post]:
        """`count` unused holds."""
        taken, self.posts[shape] = self.posts[shape][:count], self.posts[shape][count:]
        assert len(taken) == count, f"too few holds prepared: {shape}"
        return taken

    def numbered(self, uids: list[str]) -> int:
        """How many of these bookings have a number now."""
        sql = "SELECT count(*) FROM appointments_booking WHERE uid = ANY(%s::uuid[]) AND number IS NOT NULL"
        return self._value(sql, [uids])

    def sessions_with_gaps(self) -> int:
        """Sessions whose numbers are not exactly 1 … last_number."""
        return self._value(
            "SELECT count(*) FROM (SELECT s.id FROM appointments_session s LEFT JOIN appointments_booking b"
            " ON b.session_id = s.id AND b.number IS NOT NULL WHERE s.date >= current_date"
            " GROUP BY s.id, s.last_number HAVING count(b.id) <> s.last_number"
            " OR coalesce(max(b.number), 0) <> s.last_number) AS wrong",
            [],
        )

    def _value(self, sql: str, values: list) -> int:
        with psycopg.connect(self.database) as connection:
            return connection.execute(sql, values).fetchone()[0]


@dataclass(frozen=True)
class Figures:
    """What one measurement of one arm showed; CPU is per booking, in seconds."""

    rate: float
    latencies: list[float]
    server_cpu: float
    database_cpu: float
    client_cpu: float
    load: float


@dataclass(frozen=True)
class Arm:
    """A running server on a field, and which holds it is asked for."""

    kind: str
    shape: str
    field: Field
    port: int
    pid: int

    def measure(self, *, clients: int, count: int) -> Figures:
        """Confirm `count` holds; NotAllBooked when one request or one number is missing."""
        posts = self.field.take(self.shape, count)
        load, server, database = load_average(), cpu_seconds(self.pid), self._database_cpu()
        answer = drive(self.port, clients=clients, posts=[self._post(*post) for post in posts])
        server, database = cpu_seconds(self.pid) - server, self._database_cpu() - database
        booked = self.field.numbered([uid for uid, _path, _code in posts])
        if answer["statuses"] != {"302": count} or booked != count:
            raise NotAllBooked(f"{self.kind}, {self.shape}: {answer['statuses']}, {booked} of {count} booked")
        costs = (part / count for part in (server, database, answer["cpu"]))
        return Figures(count / answer["seconds"], answer["latencies"], *costs, load)

    def _post(self, uid: str, path: str, code: str) -> tuple[str, str]:
        form = urlencode({"csrfmiddlewaretoken": TOKEN, "code": code})
        return (path if self.kind == REAL else f"/{uid}/"), form

    def _database_cpu(self) -> float:
        return cpu_seconds(self.field.database_pid) if self.field.database_pid else 0.0


def drive(port: int, *, clients: int, posts: list[tuple[str, str]]) -> dict:
    """The answer of one load process."""
    job = {"port": port, "clients": clients, "headers": HEADERS, "posts": posts}
    command = [sys.executable, "-m", "tests.load.bench_booking.client"]
    ended = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, check=True)
    return json.loads(ended.stdout)


@contextmanager
def running_arms(fields: list[Field], *, workers: int) -> Iterator[list[Arm]]:
    """Both servers on every field; each arm hot and spread."""
    with ExitStack() as stack:
        arms = []
        for one in fields:
            for kind in (REAL, BARE):
                port, pid = stack.enter_context(_server(one, kind, workers))
                arms += [Arm(kind, shape, one, port, pid) for shape in ("hot", "spread")]
        yield sorted(arms, key=lambda arm: (arm.field.earlier, arm.shape, arm.kind))


@contextmanager
def _server(place: Field, kind: str, workers: int) -> Iterator[tuple[int, int]]:
    port = free_port()
    options = f"--interface wsgi --host 127.0.0.1 --port {port} --workers {workers}".split()
    options += f"--blocking-threads {THREADS} --no-ws --workers-kill-timeout 3".split()
    environment = {**place.environment, RECIPE_VARIABLE: str(place.folder / "recipe.pickle")}
    log = place.folder / f"{kind.split()[0]}-{workers}.log"
    command = [sys.executable, "-m", "granian", *options, APPLICATIONS[kind]]
    server = start_command(command, environment=environment, log=log)
    try:
        if not wait_until(lambda: http_status(f"http://127.0.0.1:{port}/none", HEADERS) != 0, seconds=60):
            raise NotAllBooked(f"{kind} did not start:\n{server.output[-2000:]}")
        yield port, server.process.pid
    finally:
        server.end()
