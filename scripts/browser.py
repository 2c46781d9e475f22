"""Find a Chromium for the browser tests, or install one, and print its path.

Order: CHROMIUM_PATH, a browser on PATH, the system's package (as root or with sudo that asks nothing),
Playwright's own download. Messages go to standard error. Exit code 1 when there is none: the browser
tests are never skipped.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def starts(path: str) -> bool:
    """True when `path` is a browser that starts; Ubuntu's chromium-browser may be an empty shell for snap."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and "chrom" in answer.stdout.lower()


def find_named() -> str | None:
    """The browser that CHROMIUM_PATH names."""
    return os.environ.get("CHROMIUM_PATH") or None


def find_on_path() -> str | None:
    """The first browser on PATH that starts."""
    paths = (shutil.which(name) for name in NAMES)
    return next((path for path in paths if path and starts(path)), None)


def install_package() -> str | None:
    """Install Debian's or Ubuntu's package where that needs no password."""
    apt = shutil.which("apt-get")
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not apt or (prefix and not shutil.which("sudo")):
        return None
    say("Đang cài chromium bằng apt-get…")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run([*prefix, apt, *arguments], stdout=sys.stderr, check=False, env=environment)
    return find_on_path()


def install_own() -> str | None:
    """Let Playwright download its own build into the user's cache."""
    say("Đang tải Chromium của Playwright…")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=False
    )
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() and starts(path) else None


def say(text: str) -> None:
    """Tell the person at the terminal; standard output belongs to the path."""
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Print the path of a browser; return 0, or 1 when there is none."""
    for attempt in (find_named, find_on_path, install_package, install_own):
        path = attempt()
        if path and starts(path):
            print(path)
            return 0
    say(
        "Không có Chromium và không cài được. Hãy cài gói chromium, hoặc đặt CHROMIUM_PATH.\n"
        "There is no Chromium and none could be installed: install it, or set CHROMIUM_PATH."
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
