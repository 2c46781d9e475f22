"""Run a command that ends when its parent ends, even when the parent is killed with -9.

    python leash.py [--user UID:GID] SIGNAL PARENT_PID COMMAND ARGUMENT...

A program of its own instead of a `preexec_fn`: between fork and exec a process with threads may hold
somebody else's lock for ever. The order matters: Linux forgets the death signal when the user changes,
so the user comes first (prctl(2), PR_SET_PDEATHSIG).
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def change_user(user: str) -> None:
    """Become `UID:GID` for good; PostgreSQL refuses to run as root."""
    uid, gid = (int(part) for part in user.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def tie_to_parent(number: int, parent: int) -> None:
    """Ask the kernel for signal `number` at the parent's death; exit at once when it is already dead.

    Other systems than Linux have no such request: there a killed supervisor leaves its children to the user.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def main(arguments: list[str]) -> None:
    """Obey the command line described above; does not return."""
    if arguments[0] == "--user":
        change_user(arguments[1])
        arguments = arguments[2:]
    tie_to_parent(int(arguments[0]), int(arguments[1]))
    os.execvp(arguments[2], arguments[2:])  # noqa: S606 (no shell is the point)


if __name__ == "__main__":
    main(sys.argv[1:])
