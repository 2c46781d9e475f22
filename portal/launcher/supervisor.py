"""Start, watch and stop the processes of the portal.

Stopping is ordered: first nobody may come in (web, beat), then running work ends (worker, provider), last
the broker. All of it fits into 15 seconds; what does not listen is killed, which the outbox rows make safe.
"""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from portal.launcher import valkey
from portal.launcher.plan import ROOT, BadStart, Plan, check_ports, portal_children
from portal.launcher.processes import Child, Undertaker, leashed
from portal.launcher.stamp import remember_prepared, was_prepared
from portal.launcher.terminal import Terminal
from portal.launcher.welcome import welcome_lines

LOOK_EVERY_SECONDS = 0.2
READY_SECONDS = 60
STOP_ORDER = (("web", "beat"), ("worker", "provider"), ("valkey",))


class Supervisor:
    """Runs one Plan on one Terminal until it is told to stop."""

    def __init__(self, plan: Plan, terminal: Terminal) -> None:
        self.plan = plan
        self.terminal = terminal
        self.children: list[Child] = []
        self.stop = threading.Event()
        self.signals = 0
        self.undertaker = Undertaker()
        self.temporary_folder: Path | None = None
        self.waiting: list[Child] = []
        self.seed_text = ""

    def run(self) -> int:
        """Start everything, wait for a signal, stop everything; return the exit code. Raises BadStart."""
        self._listen_to_signals()
        try:
            check_ports(self.plan)
            if self.plan.needs_broker:
                self._start_broker()
            if not self.stop.is_set():
                self._start_portal()
            self._watch()
        finally:
            self._stop_all()
        return 0

    def _listen_to_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: object) -> None:
        """The second signal means "now": everything still alive is killed."""
        self.signals += 1
        self.stop.set()
        if self.signals > 1:
            for child in self.children:
                child.kill_group()

    def _start_broker(self) -> None:
        binary = valkey.find_binary()
        if binary is None:
            self.terminal.complain("Không có Valkey: hàng đợi nằm trong var/broker (chậm hơn, vẫn an toàn).")
            return
        run_folder, data_folder = self.plan.var / "run", self.plan.var / "valkey"
        for folder in (run_folder, data_folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = valkey.choose_socket(run_folder)
        self.temporary_folder = None if path.parent == run_folder else path.parent
        path.unlink(missing_ok=True)
        command = valkey.server_command(binary, socket_path=path, data_folder=data_folder)
        environment = dict(self.plan.environment)
        self._start(Child("valkey", command, environment, self.terminal.say, ROOT, self.undertaker, 2))
        if not valkey.wait_until_ready(path):
            raise BadStart("Valkey không trả lời sau 20 giây. / Valkey does not answer after 20 seconds.")
        self.plan.environment.update(valkey.addresses(path))

    def _prepare(self) -> None:
        """Migrate and seed in a process of its own; its log lines appear as they come."""
        self.terminal.say("portal", "Đang chuẩn bị cơ sở dữ liệu và dữ liệu mẫu…")
        process = subprocess.Popen(
            leashed([sys.executable, "-m", "portal.launcher.prepare"]),
            env=self.plan.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        threading.Thread(target=self._relay, args=(process.stderr,), daemon=True).start()
        self._wait_for(process)
        if self.stop.is_set():
            return
        if process.returncode != 0:
            raise BadStart("Chuẩn bị không xong; lý do ở trên. / Preparing failed; the reason is above.")
        self.seed_text = json.loads(process.stdout.read()).get("seed", "")
        remember_prepared(self.plan)

    def _relay(self, stream: object) -> None:
        for line in stream:
            self.terminal.say("prepare", line.rstrip())

    def _wait_for(self, process: subprocess.Popen) -> None:
        """Wait for the end of `process`; a stop signal ends it."""
        while process.poll() is None:
            if self.stop.wait(LOOK_EVERY_SECONDS / 2):
                process.terminate()
                process.wait()

    def _start_portal(self) -> None:
        """Open the door first: the start of the other processes costs seconds on a small machine.

        Where the database is known to be right, the door opens while it is being looked through.
        """
        (self.plan.var / "static").mkdir(parents=True, exist_ok=True)
        web, *others = portal_children(self.plan, self.terminal.say, self.undertaker)
        early = was_prepared(self.plan)
        if early:
            self._start(web)
        self._prepare()
        if not early and not self.stop.is_set():
            self._start(web)
        self.waiting = others

    def _start(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def _watch(self) -> None:
        """Look after the children until somebody says stop."""
        started, greeted = time.monotonic(), False
        while not self.stop.wait(LOOK_EVERY_SECONDS):
            for child in self.children:
                if not child.is_running():
                    self._revive(child)
            if greeted:
                continue
            patience_is_over = time.monotonic() - started > READY_SECONDS
            greeted = self._is_healthy() or patience_is_over
            if greeted:
                self._greet(late=patience_is_over)

    def _greet(self, *, late: bool) -> None:
        """Start the rest and tell the addresses; when the door stayed shut, start the rest all the same."""
        while self.waiting:
            self._start(self.waiting.pop(0))
        if late:
            self.terminal.complain(f"/healthz chưa sẵn sàng sau {READY_SECONDS} giây; xem các dòng trên.")
        else:
            self.terminal.block(welcome_lines(self.plan, self.seed_text))

    def _revive(self, child: Child) -> None:
        if not child.start_again_at:
            code = child.process.returncode
            wait = child.plan_restart()
            self.terminal.complain(f"{child.name} đã dừng (mã {code}); khởi động lại sau {wait:g} giây.")
        elif time.monotonic() >= child.start_again_at:
            child.start()

    def _is_healthy(self) -> bool:
        """One look at /healthz, past any proxy of the shell."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.plan.base_url}/healthz", timeout=1) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _stop_all(self) -> None:
        self.stop.set()
        if self.children:
            self.terminal.say("portal", "Đang dừng…")
        for names in STOP_ORDER:
            self._stop_together([child for child in self.children if child.name in names])
        self.undertaker.dismiss()
        if self.temporary_folder:
            with contextlib.suppress(OSError):
                shutil.rmtree(self.temporary_folder)
        if self.children:
            self.terminal.say("portal", "Đã dừng.")

    def _stop_together(self, children: list[Child]) -> None:
        now = time.monotonic()
        for child in children:
            child.ask_to_stop()
        for child in children:
            if not child.wait_or_kill(now + child.stop_seconds):
                self.terminal.complain(f"{child.name} không dừng kịp nên đã bị ngắt.")
