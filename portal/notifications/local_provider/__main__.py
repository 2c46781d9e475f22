"""`python -m portal.notifications.local_provider --port 8001`: the provider without Django."""

import argparse
from pathlib import Path

from portal.notifications.local_provider.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(description="Local SMS provider for imaginary phones.")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, default=None, help="folder that keeps messages over a restart")
    options = parser.parse_args()
    serve(host=options.host, port=options.port, data=options.data)


if __name__ == "__main__":
    main()
