"""Encryption of columns and keyed hashes (docs/adr/0002-encrypted-columns.md).

Sealed form: 1 byte length of the key id, the key id (ASCII), 12 bytes nonce, AES-256-GCM ciphertext
with its 16-byte tag. Associated data = `<field label>:<row uid>`, so that a ciphertext moved to another
row or column does not open.
"""

import functools
import hashlib
import hmac
import os
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12


class CannotUnseal(Exception):
    """The bytes were not sealed for this label and row with a key this installation has."""


@functools.cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _associated(label: str, uid: uuid.UUID) -> bytes:
    return f"{label}:{uid}".encode()


def seal(label: str, uid: uuid.UUID, plain: bytes) -> bytes:
    """Encrypt `plain` for the column `label` of the row `uid` with the first field key."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(NONCE_BYTES)
    head = bytes([len(key_id)]) + key_id.encode()
    return head + nonce + _cipher(key).encrypt(nonce, plain, _associated(label, uid))


def unseal(label: str, uid: uuid.UUID, sealed: bytes) -> bytes:
    """Decrypt what `seal` made; CannotUnseal when row, column, key or bytes are not the right ones."""
    size = sealed[0] if sealed else 0
    key = settings.FIELD_KEYS.get(sealed[1 : 1 + size].decode("ascii", "replace"))
    if key is None:
        raise CannotUnseal(f"{label}: no key for this ciphertext")
    body = sealed[1 + size :]
    try:
        return _cipher(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], _associated(label, uid))
    except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
        raise CannotUnseal(f"{label}: not the ciphertext of this row") from error


def blind_index(label: str, value: str) -> str:
    """Keyed hash for look-up: HMAC-SHA256 of the normalised `value`, 64 hex characters.

    The label keeps equal values of different columns apart.
    """
    return hmac.new(settings.LOOKUP_KEY, f"{label}:{value}".encode(), hashlib.sha256).hexdigest()


@functools.cache
def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)


def derive_key(purpose: str) -> bytes:
    """32 bytes for one purpose (one-time codes, form tokens, address prefixes …), by HKDF-SHA256."""
    return _derive(settings.CODE_KEY, purpose)


def keyed_digest(purpose: str, message: str) -> bytes:
    """HMAC-SHA256 of `message` under the key of `purpose`."""
    return hmac.new(derive_key(purpose), message.encode(), hashlib.sha256).digest()
