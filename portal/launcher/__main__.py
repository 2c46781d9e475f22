"""Entry of `make run`; see docs/runbooks/run-and-test.md."""

import os
import sys

from portal.launcher.instance import AlreadyRunning, claim
from portal.launcher.plan import BadStart, read_plan
from portal.launcher.supervisor import Supervisor
from portal.launcher.terminal import Terminal


def main() -> int:
    """Run the portal in this terminal until Ctrl-C; return 0 after a clean end, 1 when it could not start."""
    terminal = Terminal()
    try:
        plan = read_plan(dict(os.environ))
        plan.var.mkdir(parents=True, exist_ok=True)
        with claim(plan.var):
            return Supervisor(plan, terminal).run()
    except AlreadyRunning as error:
        terminal.complain(f"Cổng dịch vụ đang chạy rồi (tiến trình {error.pid}).")
        terminal.complain("Hãy dừng nó trước (Ctrl-C), hoặc đặt PORTAL_VAR là thư mục khác.")
        terminal.complain("The portal is already running here: stop it first, or set another PORTAL_VAR.")
    except BadStart as error:
        for line in str(error).splitlines():
            terminal.complain(line)
    return 1


if __name__ == "__main__":
    sys.exit(main())
