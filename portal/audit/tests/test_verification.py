"""verify_audit finds whatever an intruder with SQL access does to the journal."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command

from portal.audit.actions.export_head import export_head
from portal.audit.actions.seal import seal_entries
from portal.audit.chain import seal_digest
from portal.audit.models import AuditEntry, Seal, SealedEntry
from portal.audit.tests.conftest import SEALER
from portal.audit.verification import Fault, verify_journal


@pytest.fixture
def journal(db, write_entries, tmp_path):
    """Two seals of three entries each, the second one exported."""
    entries = write_entries(3)
    seal_entries(by=SEALER)
    entries += write_entries(3)
    seal_entries(by=SEALER)
    export_head(by=SEALER, folder=tmp_path)
    return entries


def faults(folder):
    return verify_journal(folder=folder).faults


def rewrite_seal(tamper, number):
    """What a careful intruder does: compute the digest anew from the rows as they are now."""
    seal = Seal.objects.get(number=number)
    places = list(SealedEntry.objects.filter(seal_number=number).order_by("position"))
    digest = seal_digest(number, seal.previous_digest, places)
    tamper("UPDATE audit_seal SET digest = %s, count = %s WHERE number = %s", digest, len(places), number)


def test_untouched_journal_is_intact(journal, write_entries, tmp_path):
    write_entries(1)
    verdict = verify_journal(folder=tmp_path)
    assert (verdict.seals, verdict.entries, verdict.heads, verdict.waiting) == (2, 6, 1, 1)
    assert verdict.faults == []


@pytest.mark.parametrize(
    "change",
    [
        "action = 'thing.undone'",
        "actor = 'officer:somebody'",
        "object_uid = ''",
        "unit_number = 9",
        "detail = '{\"n\": 99}'",
        "at = '2020-01-01 00:00:00+00:00'",
    ],
)
def test_edit_is_found(journal, tamper, tmp_path, change):
    tamper(f"UPDATE audit_auditentry SET {change} WHERE id = %s", journal[1].pk)  # noqa: S608 - literals above
    assert faults(tmp_path) == [Fault("entry_edited", f"entry {journal[1].pk}")]


def test_deletion_is_found(journal, tamper, tmp_path):
    tamper("DELETE FROM audit_auditentry WHERE id = %s", journal[1].pk)
    assert faults(tmp_path) == [Fault("entry_deleted", f"entry {journal[1].pk}")]


def test_deletion_with_its_place_is_found(journal, tamper, tmp_path):
    tamper("DELETE FROM audit_auditentry WHERE id = %s", journal[1].pk)
    tamper("DELETE FROM audit_sealedentry WHERE entry_id = %s", journal[1].pk)
    assert faults(tmp_path) == [Fault("seal_changed", "seal 1")]


def test_edit_with_its_recorded_digest_is_found(journal, tamper, tmp_path):
    from portal.audit.chain import entry_digest

    tamper("UPDATE audit_auditentry SET action = 'x' WHERE id = %s", journal[1].pk)
    digest = entry_digest(AuditEntry.objects.get(pk=journal[1].pk))
    tamper("UPDATE audit_sealedentry SET entry_digest = %s WHERE entry_id = %s", digest, journal[1].pk)
    assert faults(tmp_path) == [Fault("seal_changed", "seal 1")]


def test_reordering_is_found(journal, tamper, tmp_path):
    one, two = journal[0].pk, journal[1].pk
    for position, entry in ((90, one), (0, two), (1, one)):
        tamper("UPDATE audit_sealedentry SET position = %s WHERE entry_id = %s", position, entry)
    assert faults(tmp_path) == [Fault("seal_changed", "seal 1")]


def test_swapped_contents_are_found(journal, tamper, tmp_path):
    one, two = journal[0].pk, journal[1].pk
    for old, new in ((one, 900), (two, one), (900, two)):
        tamper("UPDATE audit_auditentry SET id = %s WHERE id = %s", new, old)
    assert faults(tmp_path) == [Fault("entry_edited", f"entry {one}"), Fault("entry_edited", f"entry {two}")]


def test_seal_computed_anew_breaks_the_next_link(journal, tamper, tmp_path):
    for table in ("audit_auditentry WHERE id", "audit_sealedentry WHERE entry_id"):
        tamper(f"DELETE FROM {table} = %s", journal[2].pk)  # noqa: S608 - literals above
    rewrite_seal(tamper, 1)
    tamper("UPDATE audit_seal SET to_id = %s WHERE number = 1", journal[1].pk)
    assert Fault("chain_broken", "seal 2") in faults(tmp_path)


def test_whole_chain_computed_anew_differs_from_the_exported_head(journal, tamper, tmp_path):
    for table in ("audit_auditentry WHERE id", "audit_sealedentry WHERE entry_id"):
        tamper(f"DELETE FROM {table} = %s", journal[5].pk)  # noqa: S608 - literals above
    rewrite_seal(tamper, 2)
    tamper("UPDATE audit_seal SET to_id = %s WHERE number = 2", journal[4].pk)
    assert [fault.kind for fault in faults(tmp_path)] == ["chain_rewritten"]


def test_truncation_up_to_the_exported_head_is_found(journal, tamper, tmp_path):
    tamper("DELETE FROM audit_seal WHERE number = 2")
    tamper("DELETE FROM audit_sealedentry WHERE seal_number = 2")
    tamper("DELETE FROM audit_auditentry WHERE id > %s", journal[2].pk)
    assert [fault.kind for fault in faults(tmp_path)] == ["journal_truncated"]


def test_emptied_journal_is_found(journal, tamper, tmp_path):
    for table in ("audit_seal", "audit_sealedentry", "audit_auditentry"):
        tamper(f"DELETE FROM {table}")  # noqa: S608 - literals above
    assert [fault.kind for fault in faults(tmp_path)] == ["journal_truncated"]


def test_missing_seal_in_the_middle_is_found(journal, tamper, tmp_path):
    tamper("DELETE FROM audit_seal WHERE number = 1")
    kinds = [fault.kind for fault in faults(tmp_path)]
    assert kinds == ["seal_missing", *["place_without_seal"] * 3, "chain_rewritten"]


def test_entry_put_in_behind_the_sealer_is_found(journal, write_entries, tmp_path):
    entry = write_entries(1, age_seconds=7200)[0]
    assert faults(tmp_path) == [Fault("entry_never_sealed", f"entry {entry.pk}")]


def test_damaged_head_file_is_found(journal, tmp_path):
    path = next(tmp_path.glob("*.txt"))
    path.write_text("nonsense\n", encoding="ascii")
    assert faults(tmp_path) == [Fault("head_damaged", f"{path.name}:1")]


def test_export_writes_each_head_once_in_the_file_of_the_local_day(journal, write_entries, tmp_path):
    import time_machine
    from django.utils import timezone

    folder = tmp_path / "own"
    tomorrow = (timezone.now() + dt.timedelta(days=1)).replace(hour=17, minute=30)
    path = export_head(by=SEALER, folder=folder)
    assert export_head(by=SEALER, folder=folder) == path
    with time_machine.travel(tomorrow, tick=False):
        later = export_head(by=SEALER, folder=folder)
    assert len(path.read_text(encoding="ascii").splitlines()) == 1
    assert (
        later.name == f"{(tomorrow + dt.timedelta(days=1)):%Y-%m-%d}.txt"
    )  # 17:30 UTC is past midnight here


def test_export_without_a_seal_writes_nothing(db, tmp_path):
    assert export_head(by=SEALER, folder=tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_command_says_intact(journal, tmp_path, settings):
    settings.AUDIT_HEADS_FOLDER = tmp_path
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue() == "6 dòng trong 2 niêm phong, 0 dòng đang chờ, 1 lần xuất.\nNhật ký nguyên vẹn.\n"


def test_command_fails_and_lists_faults(journal, tamper, tmp_path):
    tamper("DELETE FROM audit_auditentry WHERE id = %s", journal[0].pk)
    with pytest.raises(CommandError, match=f"entry_deleted entry {journal[0].pk}"):
        call_command("verify_audit", heads=tmp_path, stdout=io.StringIO())
