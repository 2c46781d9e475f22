"""The rule of conftest.py, tried on files that break it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT, clean_environment

SAMPLES = {
    "mark": "import pytest\n@pytest.mark.skip(reason='later')\ndef test_one(): pass\n",
    "call": "import pytest\ndef test_one(): pytest.skip('later')\n",
    "module": "import pytest\npytest.importorskip('there_is_no_such_module')\ndef test_one(): pass\n",
    "expected failure": "import pytest\n@pytest.mark.xfail\ndef test_one(): assert False\n",
}


def run_pytest(folder: Path, text: str) -> subprocess.CompletedProcess:
    """Run pytest with our rules on one file of `text`."""
    (folder / "test_sample.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(
        command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_skipped_test_turns_the_run_red(tmp_path, kind):
    ended = run_pytest(tmp_path, SAMPLES[kind])

    assert ended.returncode != 0
    assert "count as failed here" in ended.stdout


def test_passing_test_stays_green(tmp_path):
    assert run_pytest(tmp_path, "def test_one(): pass\n").returncode == 0


def test_test_of_the_other_database_is_counted_as_deselected(tmp_path):
    text = "import pytest\ndef test_one(): pass\n@pytest.mark.postgres\ndef test_two(): pass\n"

    assert "1 passed, 1 deselected" in run_pytest(tmp_path, text).stdout
