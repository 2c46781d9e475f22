"""Look for planted personal data in files, in every disguise that software usually gives to text.

What is not seen: ciphertext (that is the point), text inside compressed streams other than officers' sessions
(none is kept by the portal), and a single word of a name that is an ordinary word.
"""

import base64
import json
import subprocess
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

from portal.common.text import fold

# Where the portal under search breaks on purpose (tests/canary_faults.py).
BREAKING_PATH = "/hong/"
BREAKING_TASK = "canary.break"
# A text on Zalo that begins so is written to the log by a careless handler (there too).
LEAKING_WORD = "Rò rỉ"

SEPARATORS = ("", " ", ".", "-")
FEWEST_BYTES = 7  # shorter fragments turn up in random bytes by chance


@dataclass(frozen=True)
class Hit:
    """A planted value (`name`, `phone` …) was found in `path`."""

    kind: str
    path: str


def written_forms(text: str) -> set[str]:
    """`text` in both Unicode forms, without accents, each as it is, in small and in capital letters."""
    composed, split = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    return {
        form
        for base in (composed, split, fold(text))
        for form in (base, base.lower(), base.upper(), base.title())
    }


def number_forms(digits: str) -> set[str]:
    """`digits` in groups of 3 (from the right) and of 4 with every usual separator."""
    threes = [digits[max(0, end - 3) : end] for end in range(len(digits), 0, -3)][::-1]
    fours = [digits[start : start + 4] for start in range(0, len(digits), 4)]
    return {sign.join(groups) for groups in (threes, fours) for sign in SEPARATORS}


def encoded(text: str) -> Iterator[bytes]:
    """`text` as bytes the way files, JSON, addresses and log lines write it."""
    yield text.encode()
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    escaped = json.dumps(text)[1:-1]
    yield escaped.encode()
    yield escaped.replace("\\", "\\\\").encode()  # JSON inside JSON
    for percent in (quote(text, safe=""), quote_plus(text, safe="")):
        yield percent.encode()
        yield percent.lower().encode()
    hexed = "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in text.encode())
    yield hexed.encode()  # Valkey's MONITOR, repr() of bytes
    yield text.encode("ascii", "xmlcharrefreplace")


def wrapped(plain: bytes) -> Iterator[bytes]:
    """`plain`, its hex form, and of each Base64 text around it what does not depend on neighbours."""
    yield plain
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    for shift in range(3):
        tail = -(shift + len(plain)) % 3
        code = base64.b64encode(b"\0" * shift + plain + b"\0" * tail)
        middle = code[(0, 2, 3)[shift] : len(code) - (0, 2, 3)[tail]]
        yield middle
        yield middle.translate(bytes.maketrans(b"+/", b"-_"))


def patterns(needles: dict[str, Iterable[str]]) -> dict[bytes, str]:
    """{bytes to look for: kind}; digits are looked for as numbers, everything else as words."""
    found: dict[bytes, str] = {}
    for kind, values in needles.items():
        for value in values:
            forms = number_forms(value) if value.isdigit() else written_forms(value)
            for plain in (plain for form in forms for plain in encoded(form)):
                found |= {pattern: kind for pattern in wrapped(plain) if len(pattern) >= FEWEST_BYTES}
    return {pattern: kind for pattern, kind in found.items() if b"\n" not in pattern}


def search(paths: Iterable[Path], needles: dict[str, Iterable[str]], *, list_file: Path) -> list[Hit]:
    """Every planted value found below `paths`, one hit per kind and file. `list_file` must lie elsewhere.

    grep -F walks through hundreds of megabytes for thousands of patterns at once in about a second.
    """
    wanted = patterns(needles)
    list_file.write_bytes(b"\n".join(wanted) + b"\n")
    command = [
        "grep",
        "--recursive",
        "--text",
        "--only-matching",
        "--null",
        "--devices=skip",
        "--fixed-strings",
    ]
    command += ["--no-messages", "--with-filename", f"--file={list_file}", "--", *map(str, paths)]
    ran = subprocess.run(
        command, capture_output=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}, check=False
    )
    list_file.unlink()
    # 2 = some file vanished while grep walked (PostgreSQL does that); a missing grep raises above.
    assert ran.returncode in (0, 1, 2), ran.stderr
    return sorted(set(_hits(ran.stdout, wanted)), key=lambda hit: (hit.path, hit.kind))


def _hits(output: bytes, wanted: dict[bytes, str]) -> Iterator[Hit]:
    """Lines read `path NUL match`; a match may hold NUL bytes itself (UTF-16)."""
    for line in output.split(b"\n"):
        path, sign, match = line.partition(b"\0")
        if sign:
            yield Hit(wanted.get(match, "?"), path.decode(errors="replace"))


def open_session(stored: str) -> bytes:
    """What a Django session row holds: signed, but only Base64 and zlib around the JSON."""
    body = stored.split(":")[0]
    packed = body.startswith(".")
    body = body.removeprefix(".")
    plain = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    return zlib.decompress(plain) if packed else plain
