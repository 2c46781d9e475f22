"""Random secrets of browsers and apps: 256 bits on the device, their SHA-256 in the database.

A plain hash is enough: nobody guesses 256 random bits, so there is nothing to slow down.
"""

import hashlib
import secrets

RANDOM_BYTES = 32
LONGEST_LABEL = 80


def new_secret() -> str:
    return secrets.token_urlsafe(RANDOM_BYTES)


def hash_secret(secret: str) -> str:
    """64 hex characters; also of anything a stranger may send."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
