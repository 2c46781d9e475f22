"""What every test stands on: an environment of its own, private servers, a real browser, no silent skips.

The environment is set before the first setting is read, so pyproject.toml names no DJANGO_SETTINGS_MODULE.
People (officers, citizens) are fixtures of tests/people.py.
"""

import os
import shutil
import uuid
from collections.abc import Callable, Generator
from urllib.parse import urlsplit

import pytest

from tests.servers import Postgres, Valkey, new_folder, start_postgres, start_valkey

REDIS_DATABASES = 16
PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
VAR = new_folder("var")


def set_environment() -> None:
    """Give this process its own folder and its own Redis databases; 0 and 1 belong to a running portal."""
    os.environ["PORTAL_MODE"] = "test"
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    os.environ["PORTAL_VAR"] = str(VAR)
    base = os.environ.get("REDIS_URL", "").rstrip("/")
    if not base:
        return
    first = 2 + 2 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    if first + 1 >= REDIS_DATABASES:
        raise pytest.UsageError("Seven test processes fit into one Redis of 16 databases: lower -n.")
    os.environ["PORTAL_BROKER_URL"] = f"{base}/{first}"
    os.environ["PORTAL_CACHE_URL"] = f"{base}/{first + 1}"


set_environment()

import django  # noqa: E402

django.setup()
# The processes of pytest-xdist inherit the environment; with this name in it pytest-django would read the
# settings of this process before their own conftest can give them a folder and Redis databases.
del os.environ["DJANGO_SETTINGS_MODULE"]

from django.db import connection  # noqa: E402

pytest_plugins = ["tests.people"]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Delete the folder of this process."""
    shutil.rmtree(VAR, ignore_errors=True)


# ---- which tests run on which database; no test vanishes without a word


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests of the other database (`make test` runs both) and the long ones unless -m asks."""
    other = "sqlite" if connection.vendor == "postgresql" else "postgres"
    unwanted = {other} if "long" in (config.option.markexpr or "") else {other, "long"}
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in unwanted)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None]:
    """A skipped test proves nothing, so it fails, as does an expected failure."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"Skipped tests count as failed here: {report.longrepr}"
        vars(report).pop("wasxfail", None)  # with it pytest counts no failure and ends green


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None]:
    """The same for a whole module (`pytest.importorskip`)."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"Skipped modules count as failed here: {report.longrepr}"


# ---- cache


@pytest.fixture(autouse=True)
def fresh_cache(settings) -> None:
    """An empty cache for each test by a new key prefix; a flush would empty a server of somebody else."""
    default = {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {**settings.CACHES, "default": default}


# ---- servers of one's own: to kill, flush, dump or read


@pytest.fixture
def own_postgres() -> Generator[Postgres]:
    """A fresh PostgreSQL cluster with crash safety on; the test may do anything to it."""
    server = start_postgres()
    yield server
    server.remove()


@pytest.fixture
def own_valkey() -> Generator[Valkey]:
    """A fresh Valkey with an append-only file; the test may do anything to it."""
    server = start_valkey()
    yield server
    server.remove()


# ---- browser


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser that scripts/browser.py found or installed."""
    from scripts import browser

    path = os.environ.get("CHROMIUM_PATH") or browser.find_on_path()
    assert path, "No Chromium: run `python scripts/browser.py` first."
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Generator:
    """A running Chromium for one module.

    Not for the whole session: Playwright keeps an event loop in this thread, and while it runs Django's
    guard against database calls from async code has to be off. Other modules keep the guard.
    """
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page_problems() -> list[str]:
    """What pages of this test complained about: console errors (CSP violations are such), exceptions in
    scripts, requests to outside hosts. Must be empty at the end; a test that provokes one clears it."""
    return []


@pytest.fixture
def open_page(browser, page_problems: list[str]) -> Generator[Callable]:
    """`open_page(**options)` returns a new 360 x 740 page in Vietnamese with a cookie jar of its own."""
    contexts = []

    def open_new(**options):
        context = browser.new_context(**{**PHONE, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        _listen(page, page_problems)
        return page

    yield open_new
    for context in contexts:
        context.close()
    assert page_problems == []


@pytest.fixture
def page(open_page: Callable):
    """A phone's page with JavaScript on."""
    return open_page()


@pytest.fixture
def page_without_scripts(open_page: Callable):
    """A phone's page with JavaScript off."""
    return open_page(java_script_enabled=False)


def _listen(page, problems: list[str]) -> None:
    def look_at(request) -> None:
        host = urlsplit(request.url).hostname
        if host and host not in ("127.0.0.1", "localhost"):
            problems.append(f"request to outside host {host}")

    page.on(
        "console", lambda message: message.type == "error" and problems.append(f"console: {message.text}")
    )
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("request", look_at)


@pytest.fixture
def live_portal(live_server, transactional_db, settings) -> str:
    """Address of a real server on the test database, without a slash at the end."""
    settings.PUBLIC_URL = live_server.url
    return live_server.url
