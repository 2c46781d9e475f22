"""A small storm (storm.py tells what it is): worker, broker and provider die at random moments.

Without the lease, the sweeper, or the request id that stays the same over all tries, a count is wrong.
"""

import time
from pathlib import Path

import pytest

from tests.faults.storm import Storm
from tests.servers import Postgres, Valkey

MESSAGES, STRIKES = 400, 6


@pytest.mark.faults
def test_every_message_ends_once_though_everybody_dies(
    tmp_path: Path, own_postgres: Postgres, own_valkey: Valkey
) -> None:
    storm = Storm(
        messages=MESSAGES,
        rate=20,
        seed=int(time.time()),
        folder=tmp_path,
        database=own_postgres,
        broker=own_valkey,
    )
    counted = storm.run(strikes=STRIKES, seconds=240)
    print(counted)
    assert counted["states"] == {"delivered": MESSAGES}
    provider = counted["provider"]
    found = (provider["count"], provider["unique_request_ids"], provider["phones"], provider["duplicates"])
    assert found == (MESSAGES, MESSAGES, MESSAGES, 0)
    assert sum(counted["kills"].values()) >= STRIKES
