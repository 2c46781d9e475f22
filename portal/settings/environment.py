"""Reads the environment once; every other settings file asks here.

A value may stand in the variable itself, in the file named by <NAME>_FILE, or (secrets only) in a
file of the secrets folder: containers and systemd hand secrets over as files.
"""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
env = environ.FileAwareEnv()  # <NAME>_FILE names a file with the value
if (ROOT / ".env").exists():
    env.read_env(str(ROOT / ".env"))

MODES = ("production", "development", "test")
PORTAL_MODE = os.environ.get("PORTAL_MODE", "production")
if PORTAL_MODE not in MODES:
    raise ImproperlyConfigured(f"PORTAL_MODE must be one of {', '.join(MODES)}, not {PORTAL_MODE!r}.")
IS_PRODUCTION = PORTAL_MODE == "production"

# openpyxl would take lxml where it is installed, and pass by defusedxml (docs/adr/0043-files.md).
os.environ.setdefault("OPENPYXL_LXML", "False")

VAR = Path(env.str("PORTAL_VAR", default=str(ROOT / "var")))
SECRETS_FOLDER = Path(env.str("PORTAL_SECRETS_DIR", default=str(VAR / "secrets")))


def read_text(name: str, default: str | None = None) -> str | None:
    """Value of variable `name`, or of the file named by `<name>_FILE`; `default` when neither is set."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read: {error}") from error
    return os.environ.get(name, default)
