"""What the imitated Zalo does wrong on purpose. POST /_zalo/control sets them, GET reads them."""

import time
from dataclasses import dataclass

from portal.notifications.local_provider.switches import Board


@dataclass
class ZaloSwitches(Board):
    """Counters named `…_next` go down by one each time they strike."""

    latency_ms: int = 0
    html_502_next: int = 0  # HTML instead of an answer, before anything is done
    reset_next: int = 0  # connection reset before anything is done
    reset_after_rotation_next: int = 0  # the new pair is made and lost on its way
    rate_limit_next: int = 0  # -32 with X-RateLimit headers
    expired_next: int = 0  # a good access token is called expired
    error_next: int = 0  # with `error_code`: the next calls are answered so
    error_code: int = 0
    without_refresh_token: bool = False  # a refresh answer that keeps silent about the next token
    quoted_errors: bool = False  # "error": "-14014" instead of a number
    personal_data_limited: bool = False  # user/detail answers -501, as to an address outside Vietnam
    night_refuses: bool = False  # -133 from 22:00 to 06:00
    no_money: bool = False  # -321, by phone -137
    quota: int = 500  # what a day starts with; 0 means out of it
    access_seconds: int = 90_000
    code_seconds: int = 600
    echo: bool = True  # oa_send_* after each message of the OA
    receipts: bool = True  # user_received_message after each message
    seen: bool = False  # user_seen_message too
    receipt_from_user: bool = False  # the other direction of receipts
    webhook_fault: str = ""  # hmac, reserialised, wrong_key, oa_id, spaces, capitals, bare, missing
    webhook_copies: int = 1  # how often each event is posted
    webhook_backwards: bool = False  # events wait for each other and leave in the opposite order
    webhook_number_timestamps: bool = False
    webhook_ladder_ms: int = 1000  # stands for the 30 s of the first repetition
    webhook_delay_ms: int = 50
    clock_offset: float = 0.0

    def take(self, name: str) -> bool:
        """True when the counter had something left; one less afterwards."""
        left = getattr(self, name)
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0

    def now(self) -> float:
        """The provider's clock, seconds since 1970."""
        return time.time() + self.clock_offset
