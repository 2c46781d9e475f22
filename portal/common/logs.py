"""Log lines without personal data. Masking is the second net; the first is not to log it."""

import datetime as dt
import json
import logging
import re

_DIGITS = re.compile(r"(?<![\w-])\+?\d[\d .]{7,14}\d(?![\w-])")
_CODE = re.compile(r"\b(?:[2-9A-HJ-KMNP-RTV-Z]{4}-){2}[2-9A-HJ-KMNP-RTV-Z]{4}\b")


def mask(text: str) -> str:
    """Replace phone- and identity-number-like runs of digits and tracking codes."""
    return _CODE.sub("[mã]", _DIGITS.sub("[số]", text))


class MaskPersonalData(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), None
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
