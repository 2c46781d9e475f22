"""Make the virtual environment .venv and install a requirements file into it.

    python3.11 scripts/bootstrap.py requirements.txt

Standard library only: this is the first thing that runs on a fresh machine. A stamp with the hash of the
requirements makes the next start free. uv installs in seconds; where pip cannot get it, pip does the work.
"""

import contextlib
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = Path(os.environ.get("VENV", ROOT / ".venv"))
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
ADDRESS = re.compile(r"\w+://\S+")
NOISE = re.compile(
    r"^\s*(Looking in|Requirement already satisfied|\[notice\]|Using cached|WARNING: Location)"
)
REASON = re.compile(r" \(from .*")


class CannotInstall(Exception):
    """The reason, in Vietnamese and English, why the environment cannot be made."""


def check_python() -> None:
    """Raise CannotInstall unless this Python is new enough and can make environments."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise CannotInstall(
            f"Cần Python 3.11 trở lên, máy này dùng {found}. Hãy cài python3.11 rồi chạy lại.\n"
            f"Python 3.11 or newer is needed, this is {found}. Then: make run PYTHON=python3.11"
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise CannotInstall(
            f"Python này thiếu ensurepip nên không tạo được môi trường. Hãy cài gói {package}.\n"
            f"This Python has no ensurepip. On Debian and Ubuntu: apt-get install {package}"
        )


def read_with_includes(path: Path) -> str:
    """Text of a requirements file together with the files it names with `-r`."""
    text = path.read_text(encoding="utf-8")
    included = re.findall(r"^-r\s+(\S+)", text, flags=re.MULTILINE)
    return text + "".join(read_with_includes(path.parent / name) for name in included)


def fingerprint(path: Path) -> str:
    """Hash of everything that decides what is installed from `path`."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return hashlib.sha256(f"{version}\n{read_with_includes(path)}".encode()).hexdigest()


def stamp_of(path: Path) -> Path:
    """File that remembers the last fingerprint installed from `path`."""
    return VENV / f".installed-{path.name}"


def is_installed(path: Path) -> bool:
    """True when `path`, or the development list that contains it, stands in the environment unchanged."""
    candidates = {path, path.with_name("requirements-dev.txt")}
    return PYTHON.exists() and any(_stamp_is_true(one) for one in candidates if one.exists())


def _stamp_is_true(path: Path) -> bool:
    stamp = stamp_of(path)
    return stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint(path)


def run_shown(command: list[str]) -> int:
    """Run `command`, show its lines without addresses of servers, return its exit code."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in process.stdout:
        if not NOISE.match(line):
            print("  " + REASON.sub("", ADDRESS.sub("…", line.rstrip()))[:120], flush=True)
    return process.wait()


def make_environment() -> None:
    """Create .venv when it is missing or was made by a Python that is gone. Raises CannotInstall."""
    if (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-c", "import pip"], check=False, capture_output=True).returncode == 0
    ):
        return
    print(f"Tạo môi trường Python trong {VENV.name}…", flush=True)
    if run_shown([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        raise CannotInstall("Không tạo được môi trường Python. / The virtual environment could not be made.")


def _succeeds(command: list[str | Path]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def uv_environment() -> dict[str, str]:
    """os.environ, with pip's package sources told to uv too: a mirror set for one must serve both."""
    values = dict(os.environ)
    known = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], check=False, capture_output=True, text=True
    )
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
    if "extra-index-url" in known.stdout:  # pip takes the best version of all sources, uv the first source's
        values.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    for line in known.stdout.splitlines():
        key, _, value = line.partition("=")
        name = names.get(key.rpartition(".")[2])
        if name:
            values.setdefault(name, value.strip("'\""))
        elif key.endswith(".cert"):
            values.setdefault("SSL_CERT_FILE", value.strip("'\""))
    return values


def install(path: Path) -> None:
    """Install `path` with uv, else with pip. Raises CannotInstall."""
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    if _succeeds([*pip, "--quiet", "uv"]) and _install_with_uv(path):
        return
    print("  uv không dùng được, chuyển sang pip (chậm hơn).", flush=True)
    if run_shown([*pip, "-r", str(path)]) != 0:
        raise CannotInstall(
            "Không cài được các thư viện; lý do ở các dòng trên (thường là mất mạng).\n"
            "The libraries could not be installed; the reason is above (mostly: no network)."
        )


def _install_with_uv(path: Path) -> bool:
    before = dict(os.environ)
    os.environ.update(uv_environment())
    try:
        return (
            run_shown([str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON), "-r", str(path)])
            == 0
        )
    finally:
        os.environ.clear()
        os.environ.update(before)


def main() -> int:
    """Install the file named on the command line; return 0, or 1 with a message."""
    path = ROOT / sys.argv[1]
    try:
        check_python()
        if is_installed(path):
            return 0
        started = time.monotonic()
        make_environment()
        print(f"Cài thư viện từ {path.name}…", flush=True)
        install(path)
        stamp_of(path).write_text(fingerprint(path), encoding="ascii")
        print(f"Xong sau {time.monotonic() - started:.0f} giây.", flush=True)
    except CannotInstall as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
