"""Log lines without personal data. Masking is the second net; the first is not to log it."""

import datetime as dt
import json
import logging
import re

from portal.common.codes import check_symbol

# Uuids and ISO dates are kept whole; then come runs of 9 to 14 digits with separators and codes (4-4-4).
_FOUND = re.compile(
    r"(?P<keep>\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b\d{4}-\d\d-\d\d\b)"
    r"|(?P<number>(?<!\w)\+?\d(?:[ .\-]{0,2}\d){8,13}(?!\w))"
    r"|(?P<code>\b[2-9A-HJKMNP-RTV-Z]{4}(?P<hyphen>-?)[2-9A-HJKMNP-RTV-Z]{4}(?P=hyphen)[2-9A-HJKMNP-RTV-Z]{4}\b)",
    re.IGNORECASE,
)


def _replacement(found: re.Match[str]) -> str:
    if found["number"]:
        return "[số]"
    if not found["code"]:
        return found[0]
    symbols = found["code"].replace("-", "").upper()
    # Without hyphens an ordinary word may look like a code; its last symbol tells.
    return "[mã]" if found["hyphen"] or check_symbol(symbols[:-1]) == symbols[-1] else found[0]


def mask(text: str) -> str:
    """Replace phone- and identity-number-like runs of digits and tracking codes; uuids stay."""
    return _FOUND.sub(_replacement, text)


def _without_values(record: logging.LogRecord) -> str:
    """The message; where its arguments are exceptions or a failed task, only their kinds.

    Celery puts the exception's text, the traceback and the task's arguments into the message itself.
    """
    if isinstance(record.args, dict) and "exc" in record.args:
        return f"task {record.args.get('name')}[{record.args.get('id')}] failed: {_kind(record)}"
    if isinstance(record.args, tuple):
        record.args = tuple(type(one).__name__ if _quotes_values(one) else one for one in record.args)
    return record.getMessage()


def _quotes_values(argument: object) -> bool:
    """Errors of the operating system speak of files and connections only; operators need their text."""
    return isinstance(argument, BaseException) and not isinstance(argument, OSError)


def _kind(record: logging.LogRecord) -> str:
    """Class of the exception: from exc_info, else the word before the bracket of its repr."""
    if record.exc_info and record.exc_info[0]:
        return record.exc_info[0].__name__
    found = re.match(r"\w+", str(record.args["exc"])) if isinstance(record.args, dict) else None
    return found[0] if found else "error"


class MaskPersonalData(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(_without_values(record)), None
        return True


def _trace(record: logging.LogRecord, formatter: logging.Formatter) -> str | None:
    """Where it happened, never what the exception text says: database errors quote row values."""
    if not record.exc_info or not record.exc_info[1]:
        return None
    lines = formatter.formatException(record.exc_info).splitlines()
    frames = [line.strip() for line in lines if line.lstrip().startswith("File ")]
    return f"{type(record.exc_info[1]).__name__} at " + " < ".join(reversed(frames[-6:]))


class JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": dt.datetime.fromtimestamp(record.created, tz=dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        trace = _trace(record, self)
        return json.dumps(line | ({"trace": trace} if trace else {}), ensure_ascii=False)


class PlainLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        trace = _trace(record, self)
        line = f"{record.levelname[:4]} {record.name}: {record.getMessage()}"
        return f"{line}\n  {trace}" if trace else line
