"""What the provider does wrong on purpose. POST /_control sets them, GET /_control reads them."""

import random
import re
import threading
import time
from dataclasses import asdict, dataclass, field, fields
from typing import Any

_PLACEHOLDER = re.compile(r"\\\{[a-z0-9_]+\\\}")


class Board:
    """Named switches of a dataclass, set all or none."""

    def update(self, values: dict[str, Any]) -> None:
        """Set known names; KeyError for others, TypeError for a wrong kind of value."""
        kinds = {one.name: type(getattr(self, one.name)) for one in fields(self)}  # type: ignore[arg-type]
        checked = {name: self._checked(name, value, kinds[name]) for name, value in values.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    @staticmethod
    def _checked(name: str, value: Any, kind: type) -> Any:
        if kind is float and isinstance(value, int):
            return float(value)
        if not isinstance(value, kind):
            raise TypeError(name)
        return value

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)  # type: ignore[call-overload]


@dataclass
class Switches(Board):
    """Rates are 0..1. `clock_offset` (seconds) moves the provider's clock, for its 24 h and 5 min rules."""

    latency_ms: int = 0
    error_rate: float = 0.0  # HTTP 502 before anything is read
    reset_rate: float = 0.0  # connection reset before the message is taken
    reset_after_accept_rate: float = 0.0  # taken, then the answer is lost
    fail_next: int = 0  # that many requests answer 502
    code_result: str = ""  # every request answers this CodeResult
    refuse_keys: bool = False  # 101
    no_balance: bool = False  # 103
    brands: list[str] = field(default_factory=list)  # 104 for any other; empty: all are known
    templates: list[str] = field(default_factory=list)  # 146 for other texts; empty: not checked
    same_text_rule: bool = False  # the same text to the same phone once in 5 minutes
    failing_phones: list[str] = field(default_factory=list)  # receipt says SendFailed
    speedsms_code: str = ""  # every request to SpeedSMS answers this code
    speedsms_busy_for: int = 0  # 429 with this X-Rate-Limit-Reset
    callback_delay_ms: int = 1000
    lose_callbacks: bool = False
    clock_offset: float = 0.0
    seed: int = 20261121

    def update(self, values: dict[str, Any]) -> None:
        super().update(values)
        if "seed" in values:
            _dice.seed(self.seed)

    def now(self) -> float:
        """The provider's clock, seconds since 1970."""
        return time.time() + self.clock_offset

    def matches_template(self, text: str) -> bool:
        """True when carriers would let this text through."""
        patterns = (_PLACEHOLDER.sub(".+", re.escape(one)) for one in self.templates)
        return not self.templates or any(re.fullmatch(one, text, re.DOTALL) for one in patterns)


_dice = random.Random(20261121)  # noqa: S311 - fault injection must be repeatable
_dice_lock = threading.Lock()


def strikes(rate: float) -> bool:
    """True with probability `rate`, from a seeded sequence."""
    if not rate:
        return False
    with _dice_lock:
        return _dice.random() < rate
