"""Celery and cache. The broker only wakes: whatever must happen is a database row (docs/adr/0006)."""

from kombu import Exchange, Queue

from portal.settings.environment import PORTAL_MODE, VAR, env

# maintenance: what beat calls every so often
QUEUES = ("codes", "transactional", "bulk", "callbacks", "documents", "maintenance")


def _redis_address(base: str, number: int) -> str:
    return f"{base.rstrip('/')}/{number}"


REDIS_URL = env.str("REDIS_URL", default="")
PORTAL_BROKER_URL = env.str("PORTAL_BROKER_URL", default="") or (
    _redis_address(REDIS_URL, 0) if REDIS_URL else ""
)
PORTAL_CACHE_URL = env.str("PORTAL_CACHE_URL", default="") or (
    _redis_address(REDIS_URL, 1) if REDIS_URL else ""
)
BROKER_IS_FILES = not PORTAL_BROKER_URL

CELERY_BROKER_URL = PORTAL_BROKER_URL or "filesystem://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # 100, the default, gives up in under an hour of outage
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 8
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_TASK_DEFAULT_QUEUE = "maintenance"
CELERY_TASK_QUEUES = tuple(Queue(name, Exchange(name), routing_key=name) for name in QUEUES)
# A publish must fail fast: the row is already safe and the sweeper will send its number again.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
CELERY_TASK_ALWAYS_EAGER = False


def _transport_options() -> dict:
    if BROKER_IS_FILES:
        folder = VAR / "broker"
        for name in ("messages", "control"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        return {
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.2,
        }
    return {
        "visibility_timeout": 300,  # above the hard time limit, or a slow task would run twice
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 25,
    }


CELERY_BROKER_TRANSPORT_OPTIONS = _transport_options()


def _cache() -> dict:
    if PORTAL_CACHE_URL:
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": PORTAL_CACHE_URL,
            "KEY_PREFIX": "portal",
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
    if PORTAL_MODE == "test":
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache"}


CACHES = {"default": _cache()}
