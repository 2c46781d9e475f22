"""DATABASE_URL names a PostgreSQL; without it the portal keeps one SQLite file (docs/adr/0010)."""

from portal.settings.environment import PORTAL_MODE, VAR, env

# synchronous=FULL: a number already shown to a citizen must survive a power cut (NORMAL in WAL loses it).
SQLITE_START = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728; "
    "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
)
# A booking waits for a row lock for milliseconds; after 3 s something is wrong and the citizen is told.
POSTGRES_OPTIONS = (
    "-c lock_timeout=3000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=30000"
)


def _sqlite() -> dict:
    VAR.mkdir(parents=True, exist_ok=True)
    path = VAR / "portal.sqlite3"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_START},
        "TEST": {"NAME": VAR / "test.sqlite3"},  # a file: memory has neither WAL nor a second connection
    }


def _postgres() -> dict:
    config = env.db("DATABASE_URL")
    options = config.setdefault("OPTIONS", {})
    options["options"] = POSTGRES_OPTIONS
    config["CONN_MAX_AGE"] = 0
    if PORTAL_MODE != "test":  # a pool would hold the test database open while it is dropped
        options["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8), "timeout": 10}
    return config


DATABASES = {"default": _postgres() if env.str("DATABASE_URL", default="") else _sqlite()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
