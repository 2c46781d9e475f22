"""What `make test` and `make test-long` do; docs/adr/0011-tests-and-servers.md tells why.

Each phase runs even when an earlier one failed. The last line sums them up: `N passed, N failed`.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
REPORTS = ROOT / "var" / "test-reports"
ROOMS = ("portal", "procedures", "appointments", "reports")
# loadgroup keeps the tests of one started portal (xdist_group) in one process.
# Pages and officers' screens run on PostgreSQL; what differs between the databases lies below them.
DOORS = [f"--ignore-glob=*/test_{name}.py" for name in ("*page*", "*_desk", "desk_pages", "admin")]
TWO_PROCESSES = ("-n", "2", "--dist", "loadgroup")
NO_TESTS_COLLECTED = 5
Count = tuple[int, int]


def find_browser() -> str:
    """Path of a Chromium, installed when need be; ends the run when there is none."""
    answer = subprocess.run(
        [sys.executable, "scripts/browser.py"], stdout=subprocess.PIPE, text=True, cwd=ROOT, check=False
    )
    if answer.returncode != 0:
        print("0 passed, 1 failed")
        sys.exit(1)
    return answer.stdout.strip().splitlines()[-1]


def server_addresses(stack: ExitStack) -> dict[str, str]:
    """DATABASE_URL and REDIS_URL: the given ones, else of private servers that end with `stack`."""
    from tests.servers import start_postgres, start_valkey, sweep_folders

    sweep_folders()
    starts = {
        "DATABASE_URL": lambda: start_postgres(durable=False),
        "REDIS_URL": lambda: start_valkey(appendonly=False),
    }
    addresses = {}
    for name, start in starts.items():
        addresses[name] = os.environ.get(name, "")
        if not addresses[name]:
            server = start()
            stack.callback(server.remove)
            addresses[name] = server.url
    return addresses


def static_checks() -> Count:
    """Run `make check`; it counts as one test."""
    environment = {**os.environ, "PORTAL_MODE": "test"}
    ended = subprocess.run(["make", "--no-print-directory", "check"], cwd=ROOT, env=environment, check=False)
    return (1, 0) if ended.returncode == 0 else (0, 1)


def pytest_phase(
    name: str, arguments: list[str], environment: dict[str, str], *, may_be_empty: bool = False
) -> Count:
    """Run pytest and return (passed, failed). Crashes, skips and an empty collection count as failed."""
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "--durations=20", f"--junitxml={report}"]
    command += ["-o", "faulthandler_timeout=300", *arguments]
    # conftest.py chooses the settings; importing the launcher has put their name into this environment.
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    code = subprocess.run(command, cwd=ROOT, env={**inherited, **environment}, check=False).returncode
    if code == NO_TESTS_COLLECTED:
        return (0, 0) if may_be_empty else (0, 1)
    passed, failed = read_report(report)
    return passed, failed or int(code != 0)


def read_report(report: Path) -> Count:
    """Count a JUnit file; a run that died before writing it is one failure."""
    if not report.exists():
        return 0, 1
    suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314 (pytest wrote it a moment ago)
    numbers = [
        {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        for suite in suites
    ]
    failed = sum(one["failures"] + one["errors"] + one["skipped"] for one in numbers)
    return sum(one["tests"] for one in numbers) - failed, failed


def phases(servers: dict[str, str], *, long: bool) -> list[tuple[str, Callable[[], Count]]]:
    """The phases in order, each a name and a function that runs it."""
    sqlite = {"DATABASE_URL": "", "REDIS_URL": ""}
    if long:
        return [
            ("long, PostgreSQL + Redis", lambda: pytest_phase("long", ["-m", "long", "-rP"], servers)),
            (
                "long, SQLite",
                lambda: pytest_phase("long-sqlite", ["-m", "long and sqlite"], sqlite, may_be_empty=True),
            ),
        ]
    rooms = [*ROOMS, *TWO_PROCESSES, *DOORS, "-m", "not browser and not faults"]
    return [
        ("static checks", static_checks),
        ("everything, PostgreSQL + Redis", lambda: pytest_phase("postgres", [*TWO_PROCESSES], servers)),
        ("rooms, SQLite file", lambda: pytest_phase("sqlite", rooms, sqlite)),
        (
            "one journey, SQLite file",
            lambda: pytest_phase("sqlite-journey", ["-m", "sqlite_journey"], sqlite),
        ),
    ]


def main() -> int:
    """Run all phases; return 0 when nothing failed."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    os.environ["CHROMIUM_PATH"] = find_browser()
    results = []
    with ExitStack() as stack:
        servers = server_addresses(stack)
        for name, run in phases(servers, long="--long" in sys.argv):
            started = time.monotonic()
            print(f"\n=== {name} ===", flush=True)
            passed, failed = run()
            results.append((name, passed, failed, time.monotonic() - started))
    print("\n=== Summary ===")
    for name, passed, failed, seconds in results:
        print(f"{name:<32} {passed:>5} passed {failed:>4} failed {seconds:>6.0f} s")
    failed = sum(result[2] for result in results)
    print(f"{sum(result[1] for result in results)} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
