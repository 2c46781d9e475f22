"""Delivery reports: GET to the address the sender named, five more tries when nobody answers 200."""

import heapq
import http.client
import itertools
import threading
import time
import urllib.parse
import urllib.request

# The vendor repeats over minutes; a test cannot wait that long.
RETRY_AFTER = (1, 2, 4, 8, 16)
THREADS = 4
TIMEOUT = 5


class Callbacks:
    """A timetable and a few threads that work it off."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, str, int]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self.delivered = self.given_up = 0
        # No proxy: the sender is on this machine or in the same network.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _number in range(THREADS):
            threading.Thread(target=self._work, daemon=True).start()

    def plan(self, url: str, query: dict[str, str], *, delay: float) -> None:
        """Report to `url` in `delay` seconds. Other schemes than http are dropped."""
        if urllib.parse.urlsplit(url).scheme in ("http", "https"):
            joint = "&" if "?" in url else "?"
            self._push(url + joint + urllib.parse.urlencode(query), 0, delay)

    def _push(self, address: str, tries: int, delay: float) -> None:
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + delay, next(self._order), address, tries))
            self._changed.notify()

    def _next(self) -> tuple[str, int]:
        with self._changed:
            while not self._due or self._due[0][0] > time.monotonic():
                wait = self._due[0][0] - time.monotonic() if self._due else None
                self._changed.wait(wait)
            _at, _order, address, tries = heapq.heappop(self._due)
            return address, tries

    def _work(self) -> None:
        while True:
            address, tries = self._next()
            if self._report(address):
                self.delivered += 1
            elif tries < len(RETRY_AFTER):
                self._push(address, tries + 1, RETRY_AFTER[tries])
            else:
                self.given_up += 1

    def _report(self, address: str) -> bool:
        try:
            with self._opener.open(address, timeout=TIMEOUT) as answer:
                return answer.status == 200
        except (OSError, http.client.HTTPException, ValueError):
            return False
