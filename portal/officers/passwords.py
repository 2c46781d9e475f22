"""One-time passwords: read out on the telephone, typed once on a small keyboard."""

import secrets

# No 0/o, 1/l/i, 2/z, 5/s, u/v: they are confused in handwriting and by ear.
_LETTERS = "abcdefghjkmnpqrtwxy346789"
LENGTH = 16


def new_one_time_password() -> str:
    """16 characters, 74 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))
