"""Production starts safe or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.settings.guard import refuse_unsafe
from scripts.make_secrets import make_all
from tests.contracts.law import ROOT

SAFE = {
    "PORTAL_MODE": "production",
    "DEBUG": False,
    "TEST_KEYS_IN_USE": False,
    "SECRET_KEY": "x" * 64,
    "SECURE_COOKIES": True,
    "ALLOWED_HOSTS": ["congan.example.vn"],
    "PUBLIC_URL": "https://congan.example.vn",
    "TEST_PHONES_ALLOWED": False,
}
UNSAFE = {
    "PORTAL_DEBUG": {"DEBUG": True},
    "default (test) key": {"TEST_KEYS_IN_USE": True},
    "django_key": {"SECRET_KEY": "short"},
    "SECURE_COOKIES": {"SECURE_COOKIES": False},
    "ALLOWED_HOSTS is empty": {"ALLOWED_HOSTS": []},
    "ALLOWED_HOSTS": {"ALLOWED_HOSTS": ["*"]},
    "PUBLIC_URL": {"PUBLIC_URL": "http://congan.example.vn"},
    "TEST_PHONES_ALLOWED": {"TEST_PHONES_ALLOWED": True},
}


def check_in_production(secrets: Path | None, var: Path, **variables: str) -> subprocess.CompletedProcess:
    """`manage.py check` in a process whose environment holds nothing but what an administrator wrote."""
    environment = {
        "PATH": os.environ["PATH"],
        "PORTAL_VAR": str(var),
        "ALLOWED_HOSTS": "congan.example.vn",
        "PUBLIC_URL": "https://congan.example.vn",
    }
    if secrets:
        environment["PORTAL_SECRETS_DIR"] = str(secrets)
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_safe_settings_pass():
    refuse_unsafe(SAFE)


@pytest.mark.parametrize(("named", "change"), UNSAFE.items(), ids=UNSAFE)
def test_each_unsafe_setting_is_refused_and_named(named, change):
    with pytest.raises(ImproperlyConfigured, match=named.split(" (")[0]):
        refuse_unsafe(SAFE | change)


def test_production_is_the_default_and_starts_with_real_keys(tmp_path):
    make_all(tmp_path / "keys")
    ended = check_in_production(tmp_path / "keys", tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_production_says_everything_that_is_unsafe_at_once(tmp_path):
    make_all(tmp_path / "keys")
    unsafe = {
        "PORTAL_DEBUG": "1",
        "SECURE_COOKIES": "0",
        "ALLOWED_HOSTS": "",
        "PUBLIC_URL": "http://a.example",
    }
    ended = check_in_production(tmp_path / "keys", tmp_path, **unsafe)
    assert ended.returncode != 0
    found = [name for name in unsafe if name in ended.stderr.splitlines()[-1]]
    assert found == list(unsafe)


def test_production_invents_no_keys(tmp_path):
    ended = check_in_production(None, tmp_path)
    assert ended.returncode != 0
    assert "No secret" in ended.stderr
    assert not (tmp_path / "secrets").exists()
