"""Keys of the installation (docs/adr/0002-encrypted-columns.md).

field_keys   encrypts personal columns: lines `<key id>:<base64 of 32 bytes>`, the first one writes,
             all of them read (rotation)
lookup_key   keyed hashes of phone, identity number and names
code_key     one-time codes, form tokens, proof of work
django_key   Django's own signing key
"""

import base64
import os
import secrets as random_source
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from portal.settings.environment import IS_PRODUCTION, PORTAL_MODE, SECRETS_FOLDER, read_text

KEY_BYTES = 32


def _new_value(name: str) -> str:
    value = base64.b64encode(random_source.token_bytes(KEY_BYTES)).decode()
    return f"k1:{value}" if name == "field_keys" else value


def _test_value(name: str) -> str:
    """Fixed and worthless: every test process must read what another one wrote."""
    value = base64.b64encode(name.encode().ljust(KEY_BYTES, b"."))[:44].decode()
    return f"t1:{value}" if name == "field_keys" else value


def _create_file(path: Path, name: str) -> str:
    """O_EXCL lets two processes that start together agree on one key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(_new_value(name))
        stream.flush()
        os.fsync(stream.fileno())
    return path.read_text(encoding="utf-8").strip()


def _read_secret(name: str) -> str:
    value = read_text(f"PORTAL_{name.upper()}")
    if value:
        return value
    if PORTAL_MODE == "test":
        return _test_value(name)
    path = SECRETS_FOLDER / name
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    if IS_PRODUCTION:
        raise ImproperlyConfigured(
            f"No secret {name!r}: set PORTAL_{name.upper()}, PORTAL_{name.upper()}_FILE or put the file "
            f"{name} into PORTAL_SECRETS_DIR. `manage.py` never invents keys in production."
        )
    return _create_file(path, name)


def _decode(name: str, value: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except ValueError as error:
        raise ImproperlyConfigured(f"Secret {name!r} is not base64.") from error
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"Secret {name!r} has {len(key)} bytes, not {KEY_BYTES}.")
    return key


def _field_keys() -> dict[str, bytes]:
    keys = {}
    for line in _read_secret("field_keys").replace(",", "\n").split():
        key_id, _, value = line.partition(":")
        if not value or not 1 <= len(key_id) <= 8 or not key_id.isascii():
            raise ImproperlyConfigured("Each line of field_keys reads <key id of 1-8 letters>:<base64>.")
        keys[key_id] = _decode("field_keys", value)
    return keys


FIELD_KEYS = _field_keys()
LOOKUP_KEY = _decode("lookup_key", _read_secret("lookup_key"))
CODE_KEY = _decode("code_key", _read_secret("code_key"))
SECRET_KEY = _read_secret("django_key")
TEST_KEYS_IN_USE = "t1" in FIELD_KEYS or _test_value("django_key") == SECRET_KEY
