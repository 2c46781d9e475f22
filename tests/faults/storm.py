"""Messages while worker, broker and provider are killed with kill -9 at random moments of a printed seed.

A few hundred in tests/faults/test_storm.py; many with `python -m tests.faults.storm --messages 100000`.
At the end every message is in one final state, none is lost, and none reached a phone twice: the provider
recognises request ids, over its own death too.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path

import psycopg

from portal.launcher.processes import leashed
from tests.processes import clean_environment, wait_until
from tests.servers import Postgres, Valkey, free_port, start_postgres, start_valkey

ROOT = Path(__file__).resolve().parents[2]
WORK = "tests.faults.storm_work"
WAITS = """
    SELECT concat_ws(' ', message_class, state, last_error, 'tried', attempts),
        concat_ws(' ', count(*), 'next in', round(extract(epoch FROM min(next_at) - now())), 'to',
                  round(extract(epoch FROM max(next_at) - now())))
    FROM notifications_outboxmessage WHERE state NOT IN ('accepted', 'delivered') GROUP BY 1"""
STATES = "SELECT state, count(*) FROM notifications_outboxmessage GROUP BY state"
TRIES = "SELECT outcome, count(*) FROM notifications_deliveryattempt GROUP BY outcome"
QUEUES = "codes,transactional,bulk,callbacks,documents,maintenance"
REPORTERS = 3
LEASE, SWEEP = 12, 3  # seconds; the lease stays above the ten of a call


def rate_for(messages: int, strikes: int) -> float:
    """Messages a second at which the work outlasts the strikes, which come every six seconds and a half."""
    return max(5.0, messages / (6 * strikes))


class Storm:
    """Starts everything, kills at random, waits for calm, and counts."""

    def __init__(
        self, *, messages: int, rate: float, seed: int, folder: Path, database: Postgres, broker: Valkey
    ) -> None:
        print(f"storm: {messages} messages, {rate:.0f} a second, seed {seed}", flush=True)
        self.messages, self.dice, self.folder = messages, random.Random(seed), folder
        self.database, self.broker = database, broker
        self.port, self.kills = free_port(), Counter()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = clean_environment(
            PORTAL_MODE="test",
            DJANGO_SETTINGS_MODULE="portal.settings",
            PORTAL_VAR=str(folder),
            # Compiled once: a worker that starts twelve times would else compile for half of the storm.
            PYTHONDONTWRITEBYTECODE="",
            PYTHONPYCACHEPREFIX=str(folder / "compiled"),
            DATABASE_URL=database.url,
            PORTAL_BROKER_URL=f"{broker.url}/0",
            SMS_CHANNEL="esms",
            ESMS_BASE_URL=self.address,
            LOCAL_PROVIDER_URL=self.address,
            ESMS_PER_SECOND=str(rate),  # so slow that there is work left at the last strike
            OUTBOX_LEASE_SECONDS=str(LEASE),
            OUTBOX_SWEEP_SECONDS=str(SWEEP),
            LOG_LEVEL="ERROR",
            PUBLIC_URL="off://storm.test",  # the provider reports to http only: nobody listens here
        )
        self.running: dict[str, subprocess.Popen] = {}
        self.ended_alone = 0

    def start(self, name: str, *arguments: str) -> subprocess.Popen:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                leashed([sys.executable, *arguments], death_signal=signal.SIGKILL),
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running[name] = process
        return process

    def start_provider(self) -> None:
        data = str(self.folder / "provider")
        command = ["-m", "portal.notifications.local_provider", "--port", str(self.port), "--data", data]
        self.start("provider", *command)

    def start_worker(self) -> None:
        schedule = str(self.folder / "beat-schedule")
        self.start(
            "worker",
            *("-m", "celery", "-q", "-A", "portal", "worker", "--beat", "--schedule", schedule),
            *("--concurrency", "2", "--loglevel", "ERROR", "--queues", QUEUES, "--include", WORK),
            *("--without-gossip", "--without-mingle"),
        )

    def watch(self) -> None:
        """Start a worker that ended by itself, as the launcher and the compose file do.

        Celery gives up on some deaths of the broker (kombu 5.7 fails while it reconnects); without this a
        storm whose last victim is the broker would wait for ever.
        """
        worker = self.running.get("worker")
        if worker is not None and worker.poll() is not None:
            self.ended_alone += 1
            self.start_worker()

    def is_over(self) -> bool:
        self.watch()
        return self.ask(STATES) == {"accepted": self.messages}

    def end(self, name: str) -> None:
        """Kill -9 the whole group and wait."""
        process = self.running.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def work(self, *arguments: str, seconds: float) -> None:
        process = self.start(arguments[0], "-m", WORK, *arguments)
        if process.wait(seconds):
            raise AssertionError((self.folder / f"{arguments[0]}.log").read_text(encoding="utf-8")[-3000:])

    def ask(self, question: str) -> dict[str, int]:
        with psycopg.connect(self.database.url) as connection:
            return dict(connection.execute(question).fetchall())

    def waits(self) -> dict[str, object]:
        """Why it is not over: what waits for what, and how the provider stands."""
        return {
            "waiting": self.ask(WAITS),
            "provider": self.ask("SELECT provider, share FROM notifications_providerstate"),
        }

    def ask_reports(self, seconds: float) -> None:
        """By several processes, for each asks about one message at a time."""
        asking = [self.start(f"reports-{number}", "-m", WORK, "reports") for number in range(REPORTERS)]
        assert [process.wait(seconds) for process in asking] == [0] * REPORTERS

    def strike(self) -> None:
        """Kill one of them, leave it dead for a moment, start it again on what it had written down."""
        victim = self.dice.choice(["worker", "broker", "provider"])
        self.kills[victim] += 1
        if victim == "broker":
            self.broker.kill()
            time.sleep(self.dice.uniform(0.2, 2))
            self.broker.start()
            return
        self.end(victim)
        time.sleep(self.dice.uniform(0.2, 2))
        self.start_worker() if victim == "worker" else self.start_provider()

    def run(self, *, strikes: int, seconds: float) -> dict[str, object]:
        """Fill, strike while there is work, wait for calm, ask for reports; returns what was counted."""
        try:
            self.work("migrate", seconds=180)
            self.start_provider()
            self.start_worker()
            filling = self.start("fill", "-m", WORK, "fill", str(self.messages))
            end = time.monotonic() + seconds
            while time.monotonic() < end and (self.kills.total() < strikes or filling.poll() is None):
                time.sleep(self.dice.uniform(2, 8))
                self.watch()
                self.strike()
            calm, left = time.monotonic(), self.ask(STATES)
            assert filling.wait(60) == 0
            if not wait_until(self.is_over, seconds=end - time.monotonic()):
                raise AssertionError({"states": self.ask(STATES), **self.waits()})
            calm = time.monotonic() - calm
            self.end("worker")
            self.ask_reports(seconds)
            return {
                "states": self.ask(STATES),
                "attempts": self.ask(TRIES),
                "provider": self.provider_stats(),
                "kills": dict(self.kills),
                "workers that ended by themselves": self.ended_alone,
                "after the last kill": f"{left}, done in {calm:.0f} s",
            }
        finally:
            for name in list(self.running):
                self.end(name)

    def provider_stats(self) -> dict[str, int]:
        with urllib.request.urlopen(f"{self.address}/_stats", timeout=30) as answer:
            return json.load(answer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--strikes", type=int, default=60, help="at least so many kills")
    parser.add_argument("--rate", type=float, default=0, help="messages a second (default: work to the end)")
    parser.add_argument("--seconds", type=float, default=5400)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    database, broker = start_postgres(), start_valkey()
    try:
        folder = database.folder / "storm"
        folder.mkdir()
        storm = Storm(
            messages=options.messages,
            rate=options.rate or rate_for(options.messages, options.strikes),
            seed=options.seed,
            folder=folder,
            database=database,
            broker=broker,
        )
        started = time.monotonic()
        counted = storm.run(strikes=options.strikes, seconds=options.seconds)
        print(f"{counted} in {time.monotonic() - started:.0f} s, load {os.getloadavg()[0]:.1f}")
        unique = counted["provider"]["unique_request_ids"]
        wrong = counted["states"] != {"delivered": options.messages} or unique != options.messages
        sys.exit(int(wrong or counted["provider"]["duplicates"] != 0))
    finally:
        broker.remove()
        database.remove()


if __name__ == "__main__":
    main()
