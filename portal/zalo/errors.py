"""One error type for everything that can go wrong with Zalo, and the table that says what to do
(errors.toml).

Business errors come with HTTP 200 and a code; the same code means different things at different hosts. [2]
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from portal.zalo.enums import ErrorKind

OAUTH, OA, ZBS, WAY = "oauth", "oa", "zbs", "way"
_TABLE = Path(__file__).parent / "errors.toml"
_LONGEST_CODE = 8
CONDITIONS = ("", "urgent", "must_reach")


@dataclass(frozen=True)
class ErrorRule:
    """`kind` decides what happens next, `text` is for officers, in Vietnamese.

    `fallback_if`: "urgent" or "must_reach": such a message goes on by another channel all the same.
    `refuses`: the person does not want this channel any more.
    """

    kind: ErrorKind
    text: str
    fallback_if: str = ""
    refuses: bool = False


@cache
def error_rules() -> dict[tuple[str, str], ErrorRule]:
    """{(host, code): rule}; ValueError or KeyError when the table makes no sense."""
    with _TABLE.open("rb") as stream:
        tables = tomllib.load(stream)
    return {(host, code): _rule(row) for host, rows in tables.items() for code, row in rows.items()}


def _rule(row: dict[str, Any]) -> ErrorRule:
    condition = row.get("fallback_if", "")
    if condition not in CONDITIONS:
        raise ValueError(f"fallback_if = {condition!r}")
    return ErrorRule(ErrorKind(row["kind"]), row["text"], condition, row.get("refuses") is True)


def rule_of(host: str, code: str) -> ErrorRule:
    """The rule of a code; one that tries again rarely for a code nobody wrote down yet."""
    unknown = ErrorRule(ErrorKind.UNKNOWN, _("Zalo trả lời mã lỗi chưa có trong bảng: %(code)s."))
    rule = error_rules().get((host, code), unknown)
    return ErrorRule(rule.kind, rule.text % {"code": code}) if rule is unknown else rule


class ZaloError(Exception):
    """A call to Zalo failed. Carries neither phone, id, token nor text.

    `maybe_done`: the request went out and no answer came, so Zalo may have acted on it.
    """

    def __init__(
        self, host: str, code: str, *, retry_after: float | None = None, maybe_done: bool = False
    ) -> None:
        super().__init__(f"{host} {code}")
        self.host, self.code = host, code
        self.retry_after, self.maybe_done = retry_after, maybe_done
        self.rule = rule_of(host, code)

    @property
    def kind(self) -> ErrorKind:
        return self.rule.kind

    @property
    def text(self) -> str:
        """For officers."""
        return self.rule.text

    @property
    def permanent(self) -> bool:
        """True when the same call can never succeed."""
        return self.kind == ErrorKind.PERMANENT

    @property
    def key(self) -> str:
        """`zbs_-118`: one word for a column."""
        return f"{self.host}_{self.code}"


def error_of(host: str, content: dict[str, Any]) -> ZaloError | None:
    """The error an answer tells of, None for success. Codes come as numbers or as strings. [2]"""
    code = str(content.get("error", "0")).strip()
    if code == "0":
        return None
    readable = code.lstrip("-").isdecimal() and len(code) <= _LONGEST_CODE
    return ZaloError(host, code) if readable else ZaloError(WAY, "answer_unreadable")
