"""Errors of channels as data: what to do, and what to tell the officer.

One errors file per provider (TOML): code = { kind, vi, fallback_if, refuses }. Zalo's table is portal.zalo's.

- `kind` (enums.ErrorKind) says what happens next;
- `fallback_if`: "urgent" or "must_reach": for such a message the next channel is tried instead;
- `refuses`: the recipient does not want this channel; it is written down and left out of later plans.
"""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

from portal.notifications.enums import ErrorKind
from portal.zalo.enums import ErrorKind as ZaloKind
from portal.zalo.errors import ErrorRule as ZaloRule
from portal.zalo.errors import error_rules as zalo_rules

_FOLDER = Path(__file__).parent
_CONDITIONS = ("", "urgent", "must_reach")


@dataclass(frozen=True)
class ErrorRule:
    """`text` is for officers."""

    kind: ErrorKind
    text: str
    fallback_if: str = ""
    refuses: bool = False

    def kind_for(self, *, urgent: bool, must_reach: bool) -> ErrorKind:
        """What to do with one message: some errors are worth another channel only when it matters."""
        wanted = {"": False, "urgent": urgent, "must_reach": must_reach}[self.fallback_if]
        return ErrorKind.FALLBACK if wanted else self.kind


UNKNOWN_ERROR = ErrorRule(ErrorKind.UNKNOWN, "Lỗi chưa có trong bảng; hệ thống gửi lại thưa dần.")


def read_rules(path: Path) -> dict[str, ErrorRule]:
    """The rules of one file by full code; ValueError or KeyError when the file makes no sense."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return {content.get("prefix", "") + code: _rule(entry) for code, entry in content["codes"].items()}


def _rule(entry: dict[str, object]) -> ErrorRule:
    condition = str(entry.get("fallback_if", ""))
    if condition not in _CONDITIONS:
        raise ValueError(f"fallback_if = {condition!r}")
    kind = ErrorKind(str(entry["kind"]))
    return ErrorRule(kind, str(entry["vi"]), condition, entry.get("refuses") is True)


@functools.cache
def error_rules() -> dict[str, ErrorRule]:
    """Every rule of every provider."""
    rules: dict[str, ErrorRule] = {}
    for path in sorted(_FOLDER.glob("**/*.toml")):
        rules |= read_rules(path)
    return rules | {zalo_code(*key): _of_zalo(rule) for key, rule in zalo_rules().items()}


def zalo_code(host: str, code: str) -> str:
    """`zalo_zbs_-118`: how an error of Zalo is called here."""
    return f"zalo_{host}_{code}"


def _of_zalo(rule: ZaloRule) -> ErrorRule:
    """Messages carry no uploads, so one that ran out is as odd as a fault of the line."""
    kind = ErrorKind.RETRY if rule.kind == ZaloKind.REUPLOAD else ErrorKind(rule.kind.value)
    return ErrorRule(kind, rule.text, rule.fallback_if, rule.refuses)


def rule_of(code: str) -> ErrorRule:
    """The rule of an error code; one that retries rarely for a code nobody wrote down yet."""
    return error_rules().get(code, UNKNOWN_ERROR)


class ChannelError(Exception):
    """A channel could not hand the message over.

    `code` is in a provider's table or new; `permanent` overrides the table; `retry_after` seconds when the
    provider named a time. Carries neither phone nor text.
    """

    def __init__(self, code: str, *, permanent: bool | None = None, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self._given = None if permanent is None else (ErrorKind.PERMANENT if permanent else ErrorKind.RETRY)

    @property
    def kind(self) -> ErrorKind:
        """What to do when nothing is known of the message."""
        return self._given or rule_of(self.code).kind

    def kind_for(self, *, urgent: bool, must_reach: bool) -> ErrorKind:
        """What to do with a message of this weight."""
        return self._given or rule_of(self.code).kind_for(urgent=urgent, must_reach=must_reach)

    @property
    def permanent(self) -> bool:
        """True when another try of the same message can never succeed."""
        return self.kind == ErrorKind.PERMANENT
