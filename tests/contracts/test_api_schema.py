"""The API changes only on purpose: what callers were promised stands in docs/openapi.yaml.

After a wanted change:
`PORTAL_MODE=test python manage.py spectacular --fail-on-warn --file docs/openapi.yaml`
Then read the difference as a caller would.
"""

from difflib import unified_diff
from pathlib import Path

from django.core.management import call_command

from tests.contracts.law import ROOT

SNAPSHOT = ROOT / "docs" / "openapi.yaml"


def test_schema_is_whole_and_equals_the_snapshot(tmp_path: Path):
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(fresh))
    promised, offered = (path.read_text(encoding="utf-8").splitlines() for path in (SNAPSHOT, fresh))
    changes = list(unified_diff(promised, offered, "promised", "offered", lineterm="", n=1))
    assert changes == [], "\n".join(changes)
