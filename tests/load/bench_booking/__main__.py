"""`make bench-booking`: servers of its own, two databases, all rounds, the table.

--smoke          some seconds: 2 rounds of 5 bookings, 1,000 and 2,000 earlier ones; no figure means anything
--rounds N       how often every arm is measured (default 5)
--earlier A B    earlier bookings of the two databases (default 1000 1000000)
--workers N …    web workers of the servers, measured one number after the other (default 2 1)
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from scripts import make_secrets
from tests.load.bench_booking import BENCH_HOST, report
from tests.load.bench_booking.report import Key, Measured
from tests.load.bench_booking.rounds import Arm, Field, running_arms
from tests.processes import ROOT, clean_environment
from tests.servers import Postgres, new_folder, start_postgres, start_valkey, sweep_folders

WARM_UP = 16
LONGEST = 100
# While a million bookings are copied; the rounds run with the defaults, as docker-compose.yml does.
LOADING = {
    "shared_buffers": "2GB",
    "max_wal_size": "40GB",
    "checkpoint_timeout": "1h",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
}


@dataclass(frozen=True)
class Scale:
    """{clients: bookings of one measurement}, rounds, web workers, earlier bookings."""

    counts: dict[int, int]
    rounds: int
    workers: tuple[int, ...]
    earlier: tuple[int, ...]

    @property
    def holds(self) -> int:
        """Holds of one shape in one database: both servers take from them."""
        return 2 * len(self.workers) * (WARM_UP + self.rounds * sum(self.counts.values()))


WHOLE = {1: 24, 8: 48, 32: 96}
SMOKE = {1: 5, 8: 5}


def read_scale() -> Scale:
    parser = argparse.ArgumentParser(prog="bench-booking")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--earlier", type=int, nargs=2, default=(1000, 1_000_000))
    parser.add_argument("--workers", type=int, nargs="+", default=(2, 1))
    options = parser.parse_args()
    if options.smoke:
        return Scale(SMOKE, 2, (1,), (1000, 2000))
    return Scale(WHOLE, options.rounds, tuple(options.workers), tuple(options.earlier))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def make_fields(stack: ExitStack, scale: Scale) -> list[Field]:
    """Private servers, one database per number of earlier bookings, filled."""
    postgres, valkey, folder = start_postgres(), start_valkey(), new_folder("bench")
    stack.callback(postgres.remove)
    stack.callback(valkey.remove)
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    tune(postgres, LOADING)
    make_secrets.make_all(folder / "keys")
    fields = []
    for number, earlier in enumerate(scale.earlier):
        run_sql(postgres, f"CREATE DATABASE bench_{number}")
        place = folder / str(number)
        (place / "var" / "static").mkdir(parents=True)
        environment = clean_environment(
            DATABASE_URL=postgres.url_of(f"bench_{number}"),
            PORTAL_BROKER_URL=f"{valkey.url}/{2 * number}",
            PORTAL_CACHE_URL=f"{valkey.url}/{2 * number + 1}",
            PORTAL_VAR=str(place / "var"),
            PORTAL_SECRETS_DIR=str(folder / "keys"),
            DJANGO_SETTINGS_MODULE="portal.settings",
        )
        fields.append(fill(earlier, environment, place, scale.holds))
    tune(postgres, {})
    for place in fields:
        place.database_pid = postgres.process.pid
    return fields


def tune(postgres: Postgres, settings: dict[str, str]) -> None:
    """Start the database server again with these settings beside its defaults."""
    run_sql(postgres, "ALTER SYSTEM RESET ALL")
    for name, value in {**settings, "max_connections": "200"}.items():
        run_sql(postgres, f"ALTER SYSTEM SET {name} = '{value}'")
    # An orderly end: after a kill, processes that still work would hold the data of the next server.
    postgres.process.send_signal(signal.SIGINT)
    postgres.process.wait()
    postgres.start()


def fill(earlier: int, environment: dict[str, str], place: Path, holds: int) -> Field:
    """Migrate and prepare as development, which has imaginary phones; the servers run as production."""
    say(f"preparing {earlier:,} earlier bookings and {2 * holds:,} holds …")
    preparing = {**environment, "PORTAL_MODE": "development", "PORTAL_DEBUG": "0"}
    for command in (
        ["manage.py", "migrate", "--no-input", "--verbosity", "0"],
        ["-m", "tests.load.bench_booking.prepare", str(place), str(earlier), str(holds), str(holds)],
    ):
        subprocess.run([sys.executable, *command], env=preparing, cwd=ROOT, check=True, stdout=sys.stderr)
    serving = {
        **environment,
        "PORTAL_MODE": "production",
        "ALLOWED_HOSTS": BENCH_HOST,
        "PUBLIC_URL": f"https://{BENCH_HOST}",
        "TRUSTED_PROXIES": "1",
        "ESMS_BASE_URL": "http://127.0.0.1:9",
        "LOG_LEVEL": "ERROR",
    }
    found = Field(earlier, environment["DATABASE_URL"], serving, place)
    found.read()
    return found


def run_sql(postgres: Postgres, sql: str) -> None:
    import psycopg

    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(sql)


def faults_of(fields: list[Field]) -> list[str]:
    """Causes of slowness that need no clock."""
    found = [f"{place.earlier:,} earlier: {fault}" for place in fields for fault in place.faults]
    if len({place.statements for place in fields}) > 1:
        found.append(f"statements grow with earlier bookings: {[place.statements for place in fields]}")
    return found


def slow_reads(fields: list[Field]) -> list[str]:
    """Said above the figures, which they explain."""
    found = {read for place in fields for read in place.reads}
    return [f"Reads a whole table: {read[:LONGEST]}…\n" for read in sorted(found)]


def measure(fields: list[Field], scale: Scale) -> Measured:
    """All arms by turns."""
    measured: Measured = {}
    for workers in scale.workers:
        with running_arms(fields, workers=workers) as arms:
            for arm in arms:
                arm.measure(clients=8, count=WARM_UP // 2)
            for number in range(scale.rounds):
                say(f"{workers} workers: round {number + 1} of {scale.rounds}")
                for clients, count in scale.counts.items():
                    _round(measured, arms, workers=workers, clients=clients, count=count)
        say("\n".join(report.table(measured)))  # so that a run cut short was not in vain
    return measured


def _round(measured: Measured, arms: list[Arm], *, workers: int, clients: int, count: int) -> None:
    for arm in arms:
        key = Key(workers, clients, arm.field.earlier, arm.shape, arm.kind)
        measured.setdefault(key, []).append(arm.measure(clients=clients, count=count))


def head(fields: list[Field], scale: Scale) -> list[str]:
    command = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return [
        f"Commit {commit or 'unknown'}, {os.cpu_count()} cores, {scale.rounds} rounds by turns, "
        f"{fields[0].statements} statements per booking in both.",
        "",
    ]


def main() -> int:
    scale = read_scale()
    sweep_folders()
    with ExitStack() as stack:
        fields = make_fields(stack, scale)
        faults = faults_of(fields)
        if faults:
            print("\n".join(faults))
            return 1
        measured = measure(fields, scale)
        gaps = sum(place.sessions_with_gaps() for place in fields)
        if gaps:
            print(f"{gaps} sessions whose numbers are not 1 … last")
            return 1
        lines = [
            *head(fields, scale),
            *slow_reads(fields),
            *report.ratios(measured),
            "",
            *report.table(measured),
        ]
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
