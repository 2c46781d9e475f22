"""Value checks of this room."""

import re
import unicodedata

from portal.files.cleaning.kinds import LARGEST
from portal.files.errors import invalid

NAME_MOST = 120
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
_FALLBACK = "tep"


def clean_name(name: str) -> str:
    """A file name that can be shown and saved: no path, no control or direction signs, at most 120
    characters.

    Never refuses: a strange name is no reason to turn a citizen away.
    """
    last = re.split(r"[/\\]", name.replace("\0", ""))[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Co", "Cs", "Cn"))
    plain = " ".join(_NOT_IN_NAMES.sub("", unicodedata.normalize("NFC", seen)).split()).strip(". ")
    stem, dot, extension = plain.rpartition(".")
    if len(plain) > NAME_MOST:
        plain = f"{stem[: NAME_MOST - 12]}{dot}{extension[:10]}" if dot else plain[:NAME_MOST]
    return plain or _FALLBACK


def extension_of(name: str) -> str:
    """What stands behind the last dot, in lower case; at most 10 letters."""
    return clean_name(name).rpartition(".")[2].lower()[:10]


def served_name(name: str, extension: str) -> str:
    """The name with the ending of what the file really is: "anh.jpg.exe" becomes "anh.jpg.exe.jpg"."""
    clean = clean_name(name)
    stem, dot, last = clean.rpartition(".")
    same = {"jpeg": "jpg", "m4v": "mp4", "oga": "ogg", "opus": "ogg"}
    return (
        clean
        if dot and stem and same.get(last.lower(), last.lower()) == extension
        else f"{clean}.{extension}"
    )


def check_size(size: int) -> None:
    """ValidationError `file_empty`, `file_too_large`."""
    if size <= 0:
        raise invalid("file_empty", "size")
    if size > LARGEST:
        raise invalid("file_too_large", "size")
