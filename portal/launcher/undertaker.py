"""Ends what a killed supervisor left behind.

Reads lines "+GROUP" and "-GROUP" from standard input, which only the supervisor holds open. When the pipe
closes, the groups still known have had SIGTERM from the kernel (leash.py); granian then tries to log to
the closed terminal and stays, so after a short grace every group is killed.
"""

import os
import signal
import sys
import time

GRACE_SECONDS = 7


def living(groups: set[int]) -> set[int]:
    """The groups that still have a process."""
    alive = set()
    for group in groups:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            continue
        except PermissionError:
            pass
        alive.add(group)
    return alive


def read_groups() -> set[int]:
    """Follow the supervisor's lines until the pipe closes; return the groups it did not take back."""
    groups: set[int] = set()
    for line in sys.stdin:
        change = groups.add if line[0] == "+" else groups.discard
        change(int(line[1:]))
    return groups


def main() -> None:
    """Wait for the supervisor's end, then for its children's, then kill."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    groups = read_groups()
    end = time.monotonic() + GRACE_SECONDS
    while living(groups) and time.monotonic() < end:
        time.sleep(0.2)
    for group in living(groups):
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
