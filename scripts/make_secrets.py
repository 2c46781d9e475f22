"""Make the keys and passwords of a new installation.

    python3 scripts/make_secrets.py [FOLDER]        (default: var/compose-secrets)

Standard library only. A file that exists is kept: a new field key would make every stored name unreadable.
The folder is closed to other users (700); the files in it are readable, because the container's user has
another number than the one who runs this.
"""

import base64
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

DEFAULT_FOLDER = Path(__file__).resolve().parents[1] / "var" / "compose-secrets"
KEY_BYTES = 32


def new_key() -> str:
    """Base64 of 32 random bytes."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def new_django_key() -> str:
    """Django's signing key, longer than the 40 characters production asks for."""
    return secrets.token_urlsafe(64)


def write_once(folder: Path, name: str, make: Callable[[], str]) -> str:
    """Return the content of `name`, which is made when it is missing."""
    path = folder / name
    if not path.exists():
        path.write_text(make(), encoding="ascii")
        path.chmod(0o444)
    return path.read_text(encoding="ascii")


def make_all(folder: Path) -> None:
    """Fill `folder` with every file that docker-compose.yml mounts."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    write_once(folder, "field_keys", lambda: f"k1:{new_key()}")
    write_once(folder, "lookup_key", new_key)
    write_once(folder, "code_key", new_key)
    write_once(folder, "django_key", new_django_key)
    database = write_once(folder, "database_password", lambda: secrets.token_hex(24))
    broker = write_once(folder, "redis_password", lambda: secrets.token_hex(24))
    write_once(folder, "database_url", lambda: f"postgres://portal:{database}@postgres:5432/portal")
    write_once(folder, "redis_url", lambda: f"redis://:{broker}@redis:6379")
    for name in (
        "esms_api_key",
        "esms_secret_key",
        "speedsms_token",
    ):  # the vendors'; empty until there is a contract
        write_once(folder, name, str)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER
    make_all(target)
    print(f"Keys and passwords are in {target}. Keep a copy of field_keys in a safe place.")
