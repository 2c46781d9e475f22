"""`make run` as a person meets it: it starts, heals, refuses twins, and leaves nothing behind."""

import os
import signal
import socket
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.processes import (
    Command,
    free_port_pair,
    http_status,
    processes_with,
    start_launcher,
    wait_until,
)

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("launcher")]
READY = "Cổng dịch vụ đã sẵn sàng"
STOP_SECONDS = 15


@pytest.fixture(scope="module")
def var(tmp_path_factory) -> Path:
    """One data folder for the module: the first start fills it, the others find it filled."""
    return tmp_path_factory.mktemp("launcher") / "var"


@pytest.fixture
def launch(var: Path, tmp_path: Path) -> Generator[Callable[..., Command]]:
    """`launch()` starts the portal and waits until it greets; what is left at the end is killed."""
    commands = []

    def launch_now(*, port: int | None = None, greets: bool = True, **values: str) -> Command:
        port = port or free_port_pair()
        command = start_launcher(port=port, var=var, log=tmp_path / f"run{len(commands)}.log", **values)
        commands.append(command)
        command.port = port
        if greets:
            assert command.wait_for(READY, seconds=150), command.output
        return command

    yield launch_now
    for command in commands:
        command.end()
    for pid in processes_with(f"PORTAL_VAR={var}"):
        os.kill(pid, signal.SIGKILL)


def worker_pids(var: Path) -> set[int]:
    """Main process and children of the Celery worker."""
    return {pid for pid, command in processes_with(f"PORTAL_VAR={var}").items() if " worker " in command}


def nothing_left(var: Path) -> bool:
    return processes_with(f"PORTAL_VAR={var}") == {}


def test_start_answers_and_ctrl_c_leaves_nothing(launch, var):
    command = launch()

    assert http_status(f"http://127.0.0.1:{command.port}/healthz") == 200
    assert wait_until(lambda: http_status(f"http://127.0.0.1:{command.port + 1}/") == 200, seconds=60)
    for text in ("/quan-tri/", "/api/v1/docs/", f"http://127.0.0.1:{command.port + 1}/"):
        assert text in command.output

    started = time.monotonic()
    command.process.send_signal(signal.SIGINT)

    assert command.process.wait(timeout=STOP_SECONDS) == 0
    assert time.monotonic() - started < STOP_SECONDS
    assert nothing_left(var)


def test_second_start_is_quick_and_sigterm_ends_it(launch, var):
    launch().process.terminate()
    assert wait_until(lambda: nothing_left(var), seconds=STOP_SECONDS)

    started = time.monotonic()
    command = launch()

    assert (
        time.monotonic() - started < 20
    )  # 10 s alone on the machine; the other half of the suite runs beside it
    command.process.terminate()
    assert command.process.wait(timeout=STOP_SECONDS) == 0
    assert nothing_left(var)


def test_killed_worker_is_started_again_without_its_orphans(launch, var):
    command = launch()
    assert wait_until(lambda: len(worker_pids(var)) >= 2, seconds=60)
    before = worker_pids(var)

    os.kill(min(before), signal.SIGKILL)

    assert wait_until(lambda: worker_pids(var) and not worker_pids(var) & before, seconds=60), command.output
    assert "worker đã dừng" in command.output


def test_killed_supervisor_takes_its_children_along(launch, var):
    command = launch()

    command.process.kill()
    command.process.wait()

    assert wait_until(lambda: nothing_left(var), seconds=STOP_SECONDS), processes_with(f"PORTAL_VAR={var}")


def test_second_instance_on_the_same_folder_is_refused(launch):
    first = launch()

    second = launch(greets=False)

    assert second.process.wait(timeout=20) == 1
    assert f"đang chạy rồi (tiến trình {first.process.pid})" in second.output
    assert http_status(f"http://127.0.0.1:{first.port}/healthz") == 200


def test_taken_port_is_named(launch, var):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        command = launch(port=port, greets=False)

        assert command.process.wait(timeout=20) == 1
    assert f"Port {port} cannot be used" in command.output
    assert nothing_left(var)


def test_bad_port_is_refused(launch):
    command = launch(greets=False, PORT="eighty")

    assert command.process.wait(timeout=20) == 1
    assert "PORT must be a number" in command.output
