"""The gate in a real browser: the proof is computed by the page's own script under the strict policy."""

import hashlib

import pytest
from django.conf import settings as project

from portal.citizens.models import OneTimeCode
from portal.citizens.work import zero_bits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("portal.citizens.tests.urls"),
    pytest.mark.django_db(transaction=True),
]
# FIPS 180-4 by the browser's own implementation, to compare with ours hash by hash.
SOLVER = (project.ROOT / "static" / "js" / "proof-of-work.js").read_text(encoding="utf-8")


@pytest.fixture
def busy(unit, ask, live_server, settings) -> str:
    """A server whose next callers, all from 127.0.0.1, need a proof of 2^12 hashes."""
    settings.WORK_BITS = 12
    for _caller in range(3):
        ask(address="127.0.0.1")
    return live_server.url


def post_form(page, address: str) -> None:
    page.goto(f"{address}/ask/")
    page.get_by_role("button", name="Gửi").click()


def forgive_429(problems: list[str]) -> None:
    """Chromium reports the gate's own status as an error; everything else stays one."""
    problems[:] = [text for text in problems if "429" not in text]


def test_page_proves_its_work_and_sends_the_form_by_itself(page, busy, page_problems) -> None:
    post_form(page, busy)
    page.get_by_text("sent for Lò Thị Mây").wait_for()
    assert OneTimeCode.objects.count() == 4
    forgive_429(page_problems)


def test_without_a_worker_the_page_proves_its_work_in_slices(page, busy, page_problems) -> None:
    page.add_init_script("delete window.Worker")
    post_form(page, busy)
    page.get_by_text("sent for Lò Thị Mây").wait_for()
    forgive_429(page_problems)


def test_without_scripts_the_button_leads_into_the_queue(page_without_scripts, busy, page_problems) -> None:
    page = page_without_scripts
    post_form(page, busy)
    assert page.locator("progress").is_hidden()
    page.get_by_role("button", name="Chờ đến lượt").click()
    page.get_by_text("Trang này tự tải lại").wait_for()
    assert page.url == f"{busy}/ma-xac-nhan/cho/"
    assert page.locator('meta[http-equiv="refresh"]').count() == 1
    forgive_429(page_problems)


def test_hashes_of_the_script_are_sha256(page) -> None:
    texts = [f"1795000000.14.AbCdEfGhIjKlMnOp:{number}" for number in range(300)] + ["", "a" * 55]
    found = page.evaluate(
        """([script, texts]) => {
            const module = {exports: {}};
            new Function("document", "module", script)(undefined, module);
            return texts.map(text => module.exports.zeroBits(text));
        }""",
        [SOLVER, texts],
    )
    assert found == [zero_bits(hashlib.sha256(text.encode()).digest()) for text in texts]
