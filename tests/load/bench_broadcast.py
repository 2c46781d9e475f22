"""A message to 51,000 people, in batches and beside it as one task per message, against a stub.

`make bench-broadcast`. Servers, stub and workers of its own. Prints a table for docs/PERFORMANCE.md: latency
of the stub, messages, seconds from the first request to the last, messages a second, processor time of
senders and stub and of PostgreSQL for each message, load average. Ends with 1 when a message is missing or
went out twice. Then all senders are killed with kill -9 in the middle of a run and started again.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from portal.launcher.processes import leashed
from tests.processes import clean_environment, wait_until
from tests.servers import Postgres, Valkey, free_port, new_folder, start_postgres, start_valkey

ROOT = Path(__file__).resolve().parents[2]
WORK = "tests.load.bench_broadcast_work"
MOST_SECONDS = 900
STATES = "SELECT state, count(*) FROM notifications_outboxmessage GROUP BY state ORDER BY state"


class Bench:
    """One database, one broker, and the environment every measured process gets."""

    def __init__(self, options: argparse.Namespace, database: Postgres, broker: Valkey) -> None:
        self.options, self.database, self.broker = options, database, broker
        self.next_phone = self.total = 0
        self.environment = clean_environment(
            PORTAL_MODE="test",
            DJANGO_SETTINGS_MODULE="portal.settings",
            PORTAL_VAR=str(new_folder("var")),
            PYTHONDONTWRITEBYTECODE="",
            PYTHONPYCACHEPREFIX=str(new_folder("compiled")),
            DATABASE_URL=database.url,
            SMS_CHANNEL="esms",
            ESMS_PER_SECOND="100000",
            LOG_LEVEL="ERROR",
            PUBLIC_URL="http://bench.test",
        )

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen:
        return subprocess.Popen(
            leashed([sys.executable, *arguments], death_signal=signal.SIGKILL),
            cwd=ROOT,
            env={**self.environment, **environment},
            start_new_session=True,
        )

    def run(self, *arguments: str, broker: bool = False) -> None:
        """Without a broker by default: filling would wake senders before the clock starts."""
        place = {"REDIS_URL": self.broker.url} if broker else {}
        process = self.start("-m", WORK, *arguments, **place)
        if process.wait(MOST_SECONDS):
            raise SystemExit(f"{arguments} failed")

    def fill(self, number: int) -> None:
        self.run("fill", str(number), str(self.next_phone))
        self.next_phone += number

    def states(self) -> dict[str, int]:
        with psycopg.connect(self.database.url) as connection:
            return dict(connection.execute(STATES).fetchall())

    @contextmanager
    def stub(self, milliseconds: int) -> Iterator[str]:
        port = free_port()
        process = self.start("-m", "tests.load.bench_broadcast_stub", str(port), str(milliseconds))
        address = f"http://127.0.0.1:{port}"
        try:
            assert wait_until(lambda: answers(address), seconds=20)
            yield address
        finally:
            process.kill()
            process.wait()

    def senders(self, address: str) -> list[subprocess.Popen]:
        place = {"ESMS_BASE_URL": address, "LOCAL_PROVIDER_URL": address}
        return [self.start("-m", WORK, "send", **place) for _number in range(self.options.senders)]

    def batches(self, number: int, milliseconds: int) -> float:
        """Messages a second."""
        self.fill(number)
        with self.stub(milliseconds) as address, self.used_processor() as used:
            for process in self.senders(address):
                process.wait(MOST_SECONDS)
            self.check(address, number)
            seconds = count(address)["seconds"]
        return self.report("batches", milliseconds, number, seconds, used)

    def tasks(self, number: int, milliseconds: int) -> float:
        """The same with one Celery task per message, published before the worker starts."""
        self.fill(number)
        self.run("publish", broker=True)
        with self.stub(milliseconds) as address, self.used_processor() as used:
            worker = self.start(
                *("-m", "celery", "-q", "-A", "portal", "worker", "--queues", "bulk", "--loglevel", "ERROR"),
                *("--concurrency", str(self.options.senders), "--include", WORK),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
                **{"ESMS_BASE_URL": address, "LOCAL_PROVIDER_URL": address, "REDIS_URL": self.broker.url},
            )
            done = {"accepted": self.total + number}
            assert wait_until(lambda: self.states() == done, seconds=MOST_SECONDS), self.states()
            seconds = count(address)["seconds"]
            worker.terminate()
            worker.wait(60)
            self.check(address, number)
        return self.report("one task per message", milliseconds, number, seconds, used)

    @contextmanager
    def used_processor(self) -> Iterator[list[float]]:
        """Processor seconds of the children that ended meanwhile (senders or worker, stub), of PostgreSQL."""
        before, used = resource.getrusage(resource.RUSAGE_CHILDREN), []
        database = processor_of(self.database.process.pid)
        yield used
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        used.append(processor_of(self.database.process.pid) - database)

    def kill_and_restart(self, number: int) -> None:
        """Kill -9 all senders at about a third; their leases are ended by hand, for they last a minute."""
        self.fill(number)
        with self.stub(20) as address:
            processes = self.senders(address)
            assert wait_until(lambda: count(address)["requests"] > number / 3, seconds=MOST_SECONDS)
            for process in processes:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            held = self.states().get("claimed", 0)
            with psycopg.connect(self.database.url) as connection:
                connection.execute(
                    "UPDATE notifications_outboxmessage SET claimed_until = now() WHERE state = 'claimed'"
                )
            for process in self.senders(address):
                process.wait(MOST_SECONDS)
            self.check(address, number)
            again = count(address)["requests"] - number
        print(f"killed with {held:,} held; {again:,} asked for again and recognised by the provider")

    def check(self, address: str, number: int) -> None:
        self.total += number
        stats, states = count(address), self.states()
        if stats["unique"] != number or states != {"accepted": self.total}:
            raise SystemExit(f"wrong: {stats}, {states}, expected {number} of {self.total}")

    def report(self, way: str, milliseconds: int, number: int, seconds: float, used: list[float]) -> float:
        rate, load, each = number / seconds, os.getloadavg()[0], 1000 * used[0] / number
        row = [way, f"{milliseconds} ms", f"{number:,}", f"{seconds:.1f}", f"{rate:,.0f}"]
        print(
            "|",
            " | ".join([*row, f"{each:.2f}", f"{1000 * used[1] / number:.2f}", f"{load:.1f}"]),
            "|",
            flush=True,
        )
        return rate


def processor_of(pid: int) -> float:
    """Seconds a process, its ended and its living children used (Linux: /proc)."""
    used = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if path.parent.name == str(pid):
            used += sum(int(one) for one in fields[11:15])
        elif fields[1] == str(pid):
            used += sum(int(one) for one in fields[11:13])
    return used / os.sysconf("SC_CLK_TCK")


def count(address: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{address}/_stats", timeout=10) as answer:
        return json.load(answer)


def answers(address: str) -> bool:
    try:
        return count(address)["requests"] == 0
    except OSError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=51_000)
    parser.add_argument("--tasks", type=int, default=3_000, help="messages sent one task each")
    parser.add_argument("--senders", type=int, default=2, help="processes, for batches and for tasks")
    options = parser.parse_args()
    database, broker = start_postgres(), start_valkey()
    try:
        bench = Bench(options, database, broker)
        bench.run("migrate")
        print("| way | stub answers after | messages | seconds | a second | ms each | ms database | load |")
        for milliseconds in (0, 50):
            single = bench.tasks(options.tasks, milliseconds)
            many = bench.batches(options.recipients, milliseconds)
            print(f"{milliseconds} ms: {many / single:.1f} times one task per message", flush=True)
        bench.kill_and_restart(min(options.recipients, 6_000))
    finally:
        broker.remove()
        database.remove()


if __name__ == "__main__":
    main()
