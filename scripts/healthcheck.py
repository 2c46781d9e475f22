"""Is this container's process well? Exit code 0 when it is.

python scripts/healthcheck.py web|worker|beat
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

# Celery's beat writes its schedule every 3 minutes (beat_sync_every); three misses are a fault.
BEAT_SILENCE_SECONDS = 10 * 60


def web_is_well() -> bool:
    """Ask /healthz under the first allowed host name, as the proxy does."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip() or "localhost"
    url = os.environ.get("HEALTHCHECK_URL", "http://127.0.0.1:8000/healthz")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, headers={"Host": host}), timeout=8) as answer:
        return answer.status == 200


def worker_is_well() -> bool:
    """The workers of this machine answer a ping through the broker."""
    command = [sys.executable, "-m", "celery", "-q", "-A", "portal", "inspect", "ping", "--timeout", "5"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=28, check=False)
    return answer.returncode == 0 and f"@{os.uname().nodename}" in answer.stdout


def beat_is_well() -> bool:
    """The schedule file was written a short while ago."""
    files = Path(tempfile.gettempdir()).glob("beat-schedule*")
    return any(time.time() - path.stat().st_mtime < BEAT_SILENCE_SECONDS for path in files)


CHECKS = {"web": web_is_well, "worker": worker_is_well, "beat": beat_is_well}

if __name__ == "__main__":
    try:
        sys.exit(0 if CHECKS[sys.argv[1]]() else 1)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error)
        sys.exit(1)
