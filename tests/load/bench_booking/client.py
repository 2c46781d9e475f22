"""Post many forms over kept connections and tell how long each took. A process of its own.

Reads a job as JSON from standard input and answers as JSON: {"port", "clients", "headers", "posts": [[path,
body], …]} becomes {"seconds", "statuses", "latencies", "cpu"}.
"""

import http.client
import json
import resource
import sys
import threading
import time
from collections import Counter
from typing import Any

SECONDS = 60


class Load:
    """All clients take from one list until it is empty."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.posts = iter(job["posts"])
        self.lock = threading.Lock()
        self.start = threading.Barrier(job["clients"] + 1)
        self.statuses: Counter[str] = Counter()
        self.latencies: list[float] = []

    def next_post(self) -> tuple[str, str] | None:
        with self.lock:
            return next(self.posts, None)

    def client(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.job["port"], timeout=SECONDS)
        connection.connect()
        self.start.wait()
        while (post := self.next_post()) is not None:
            began = time.perf_counter()
            status = self.post(connection, *post)
            with self.lock:
                self.latencies.append(time.perf_counter() - began)
                self.statuses[status] += 1
        connection.close()

    def post(self, connection: http.client.HTTPConnection, path: str, body: str) -> str:
        try:
            connection.request("POST", path, body, self.job["headers"])
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return type(error).__name__
        return str(answer.status)

    def run(self) -> dict[str, Any]:
        threads = [threading.Thread(target=self.client) for _client in range(self.job["clients"])]
        for thread in threads:
            thread.start()
        self.start.wait()
        began, cpu = time.perf_counter(), _own_cpu()
        for thread in threads:
            thread.join()
        return {
            "seconds": time.perf_counter() - began,
            "statuses": dict(self.statuses),
            "latencies": self.latencies,
            "cpu": _own_cpu() - cpu,
        }


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    json.dump(Load(json.load(sys.stdin)).run(), sys.stdout)
