"""Bring database, cache table, static files and demo data up to date in one Django start.

Run as `python -m portal.launcher.prepare`. What it does goes to standard error; standard output carries
one JSON line with what `seed_demo` answered, because a one-time password must not touch the disk.
"""

import contextlib
import io
import json
import sys

DATABASE_CACHE = "django.core.cache.backends.db.DatabaseCache"


def main() -> None:
    """Prepare the installation that the environment names; exit code 1 with a message when it fails."""
    answer = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        result = prepare()
    answer.write(json.dumps(result, ensure_ascii=False) + "\n")


def prepare() -> dict[str, str]:
    """Migrate and fill; return {"seed": text of seed_demo} or {} where no demo data belongs."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=1 if _migrations_wait() else 0)
    if settings.CACHES["default"]["BACKEND"] == DATABASE_CACHE:
        call_command("createcachetable", verbosity=0)
    if settings.PORTAL_MODE == "production":
        call_command("collectstatic", interactive=False, verbosity=0)
        return {}
    return {"seed": _seed_text()}


def _migrations_wait() -> bool:
    """True when the database is behind the code; then the migrations are shown one by one."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _seed_text() -> str:
    from django.core.management import call_command

    answer = io.StringIO()
    call_command("seed_demo", stdout=answer)
    # A command of its own: the room of conversations and the one of seed_demo do not know each other.
    call_command("seed_conversations")
    return answer.getvalue().strip()


if __name__ == "__main__":
    main()
