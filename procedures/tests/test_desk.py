"""The catalogue on the desk: editions, confirmation, reviews, modes, documents, notes; who may."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.audit.models import AuditEntry
from portal.common.clock import local_today
from portal.common.errors import Conflict, NotAllowed
from procedures.actions.authorise import end_authorisation, record_authorisation
from procedures.actions.load_catalogue import load_catalogue
from procedures.actions.move_version import move_version
from procedures.actions.remind_reviews import follow_the_calendar, remind_reviews
from procedures.actions.set_filing_mode import set_filing_mode
from procedures.actions.write_edition import Words, confirm_edition, draft_edition
from procedures.actions.write_note import write_note
from procedures.enums import VersionStatus
from procedures.models import Authorisation, FilingRule, Procedure, ProcedureNote, ProcedureVersion
from procedures.queries import filing_mode_of, notes_on, version_for
from tests.people import BY, make_officer

TODAY = local_today()


@pytest.fixture
def loaded(db) -> dict[str, Procedure]:
    load_catalogue(by=BY, only=("household_split", "vneid_level_2"))
    return {procedure.key: procedure for procedure in Procedure.objects.all()}


@pytest.fixture
def split(loaded) -> Procedure:
    return loaded["household_split"]


@pytest.fixture
def editor(ward):
    return make_officer("editor", ward.parent, "editor")


@pytest.fixture
def reviewer(ward):
    return make_officer("reviewer", ward.parent, "reviewer")


@pytest.fixture
def chief(ward):
    return make_officer("province_chief", ward.parent, "unit_chief")


def desk(officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def page(name: str, *args) -> str:
    return reverse(f"admin:procedures_{name}", args=args)


def drafted(split, province, by, **changes) -> ProcedureVersion:
    current = version_for(split, province)
    words = Words(current.name, changes.pop("valid_from", TODAY), current.content | changes)
    return draft_edition(procedure=split, province=province, words=words, change_note="Luật mới", by=by)


def test_edition_is_drafted_by_one_and_published_by_another(
    split, ward, other_ward, editor, reviewer
) -> None:
    common = version_for(split, ward)
    draft = drafted(split, ward.parent, editor, summary="Câu mới")
    assert version_for(split, ward) == common
    with pytest.raises(NotAllowed):
        move_version(version=draft, to=VersionStatus.PUBLISHED, by=editor)
    move_version(version=draft, to=VersionStatus.PUBLISHED, by=reviewer)
    assert version_for(split, ward) == draft
    with pytest.raises(Conflict):
        move_version(version=draft, to=VersionStatus.PUBLISHED, by=reviewer)
    second = drafted(split, ward.parent, editor, summary="Câu khác")
    move_version(version=second, to=VersionStatus.PUBLISHED, by=reviewer)
    draft.refresh_from_db()
    assert (draft.status, second.number, version_for(split, None)) == ("replaced", 2, common)


def test_loader_never_overwrites_a_province(split, ward, editor, reviewer) -> None:
    own = drafted(split, ward.parent, editor, summary="Của tỉnh")
    move_version(version=own, to=VersionStatus.PUBLISHED, by=reviewer)
    ProcedureVersion.objects.filter(province=None, procedure=split).update(name="Cũ")
    load_catalogue(by=BY, only=("household_split",))
    assert version_for(split, ward) == own
    assert (version_for(split, None).number, version_for(split, None).name) == (2, "Tách hộ")


@pytest.mark.parametrize(
    ("changes", "note", "code"),
    [
        ({}, "", {"change_note": "change_note_required"}),
        ({"name": " "}, "x", {"name": "name_required"}),
        ({"content": {"papers": [{"text": "<i>"}]}}, "x", {"papers": "text_markup"}),
    ],
)
def test_wrong_editions_are_refused(split, ward, editor, changes, note, code) -> None:
    words = Words(**{"name": "Tách hộ", "valid_from": TODAY, "content": {}} | changes)
    with pytest.raises(ValidationError) as caught:
        draft_edition(procedure=split, province=ward.parent, words=words, change_note=note, by=editor)
    assert {name: found[0].code for name, found in caught.value.error_dict.items()} == code


def test_only_a_province_has_an_edition_and_only_its_editors(split, ward, owner, editor, stranger) -> None:
    words = Words("Tách hộ", TODAY, {"summary": "x"})
    facts = {"procedure": split, "words": words, "change_note": "x"}
    with pytest.raises(ValidationError) as caught:
        draft_edition(**facts, province=ward, by=owner)
    assert caught.value.error_dict["province"][0].code == "unit_not_province"
    for by in (owner, stranger):
        with pytest.raises(NotAllowed):
            draft_edition(**facts, province=ward.parent, by=by)
    same = version_for(split, ward)
    words = Words(same.name, same.valid_from, same.content, same.name_en)
    with pytest.raises(ValidationError) as caught:
        draft_edition(**facts | {"words": words}, province=ward.parent, by=editor)
    assert caught.value.code == "nothing_changed"


def test_confirming_publishes_a_draft_with_all_its_facts(loaded, ward, reviewer, editor) -> None:
    account = loaded["vneid_level_2"]
    draft = account.versions.get()
    assert version_for(account, ward) is None
    with pytest.raises(NotAllowed):
        confirm_edition(version=draft, province=ward.parent, by=editor)
    made = confirm_edition(version=draft, province=ward.parent, by=reviewer)
    assert version_for(account, ward) == made
    assert (made.grade, made.content["unsure"], made.checked_on) == ("confirmed", [], TODAY)
    assert made.checked_by == ward.parent.police_name
    with pytest.raises(Conflict) as caught:
        confirm_edition(version=draft, province=ward.parent, by=reviewer)
    assert caught.value.code == "version_changed"


def test_overdue_review_is_entered_once_and_a_review_ends_it(split, ward, reviewer) -> None:
    old = dt.date(2026, 1, 1)
    ProcedureVersion.objects.filter(procedure=split).update(checked_on=old, review_on=old)
    assert [remind_reviews(by=BY), remind_reviews(by=BY)] == [1, 0]
    assert AuditEntry.objects.filter(action="version.review_due").count() == 1
    made = confirm_edition(version=version_for(split, ward), province=ward.parent, by=reviewer)
    assert made.review_on == TODAY + dt.timedelta(days=90)


def test_version_of_tomorrow_replaces_on_its_day(split, ward, editor, reviewer) -> None:
    first = drafted(split, ward.parent, editor, summary="Nay")
    move_version(version=first, to=VersionStatus.PUBLISHED, by=reviewer)
    later = drafted(split, ward.parent, editor, summary="Mai", valid_from=TODAY + dt.timedelta(days=1))
    move_version(version=later, to=VersionStatus.PUBLISHED, by=reviewer)
    assert version_for(split, ward) == first
    ProcedureVersion.objects.filter(pk=later.pk).update(valid_from=TODAY)
    assert follow_the_calendar(by=BY) == 1
    first.refresh_from_db()
    assert (first.status, version_for(split, ward)) == ("replaced", later)


# ---- filing modes


def authorise(split, province, by, **changes) -> Authorisation:
    facts = {
        "number": "01/QĐ-CAT",
        "issued_on": TODAY,
        "issued_by": "Công an tỉnh Sơn Hải",
        "valid_from": TODAY,
    }
    return record_authorisation(unit=province, procedure=split, by=by, **facts | changes)


def test_accepting_needs_the_provinces_document_while_it_counts(
    split, ward, other_ward, owner, chief
) -> None:
    with pytest.raises(ValidationError) as caught:
        set_filing_mode(unit=ward, procedure=split, mode="accept", by=owner)
    assert caught.value.error_dict["mode"][0].code == "authorisation_missing"
    document = authorise(split, ward.parent, chief)
    set_filing_mode(unit=ward, procedure=split, mode="accept", by=owner)
    modes = [filing_mode_of(procedure=split, unit=unit) for unit in (ward, other_ward)]
    assert modes == ["accept", "official"]
    Authorisation.objects.update(valid_from=TODAY - dt.timedelta(days=9))
    document.refresh_from_db()
    end_authorisation(
        document=document, valid_to=TODAY - dt.timedelta(days=1), reason="Hết thí điểm", by=chief
    )
    assert filing_mode_of(procedure=split, unit=ward) == "official"


def test_mode_of_a_unit_beats_the_one_from_above(split, ward, owner, chief) -> None:
    set_filing_mode(unit=ward.parent, procedure=split, mode="prepare", by=chief)
    assert filing_mode_of(procedure=split, unit=ward) == "prepare"
    set_filing_mode(unit=ward, procedure=split, mode="official", by=owner)
    assert filing_mode_of(procedure=split, unit=ward) == "official"
    with pytest.raises(ValidationError) as caught:
        set_filing_mode(unit=ward, procedure=split, mode="fax", by=owner)
    assert caught.value.error_dict["mode"][0].code == "choice_unknown"


def test_who_may_set_modes_documents_and_notes(split, ward, people) -> None:
    for by in (people.colleague, people.stranger):
        with pytest.raises(NotAllowed):
            set_filing_mode(unit=ward, procedure=split, mode="prepare", by=by)
        with pytest.raises(NotAllowed):
            write_note(unit=ward, procedure=split, text="x", by=by)
        with pytest.raises(NotAllowed):
            authorise(split, ward, by)
    with pytest.raises(ValidationError) as caught:
        authorise(split, ward, people.owner)
    assert caught.value.error_dict["unit"][0].code == "unit_not_province"
    write_note(unit=ward, procedure=split, text=" Quầy 3 \n\n", by=people.owner)
    assert [note.text for note in notes_on(procedure=split, unit=ward)] == ["Quầy 3"]
    with pytest.raises(ValidationError) as caught:
        write_note(unit=ward, procedure=split, text="<b>", text_en="x" * 1001, by=people.owner)
    codes = {name: found[0].code for name, found in caught.value.error_dict.items()}
    assert codes == {"text": "text_markup", "text_en": "text_too_long"}


# ---- screens


def test_screen_drafts_shows_the_difference_and_publishes(split, ward, editor, reviewer) -> None:
    version = version_for(split, ward)
    edit = page("procedureversion_edition", version.pk)
    form = desk(editor).get(edit).context["form"]
    data = {name: value for name, value in form.initial.items() if value}
    data |= {"province": ward.parent.pk, "valid_from": "2026-11-01", "change_note": "Thông tư mới"}
    data["fees"] = data["fees"].replace("| 5000", "| 6.000")
    data["papers"] += "\nGiấy mới"
    assert desk(editor).post(edit, data | {"fees": "Nộp | nhiều"}).context["form"].errors["fees"]
    answer = desk(editor).post(edit, data)
    draft = ProcedureVersion.objects.get(province=ward.parent)
    assert answer["Location"] == page("procedureversion_change", draft.pk)
    assert [fee["amount"] for fee in draft.content["fees"]] == [6000, 10000, 0]
    assert draft.content["papers"][0] == version.content["papers"][0]
    shown = desk(reviewer).get(answer["Location"]).content.decode()
    assert "Giấy mới" in shown and "Công bố bản này" in shown
    assert "Công bố bản này" not in desk(editor).get(answer["Location"]).content.decode()
    desk(reviewer).post(page("procedureversion_move", draft.pk, "published"))
    assert version_for(split, ward) == draft


def test_screen_confirms_and_others_do_not_edit(split, ward, owner, colleague, reviewer) -> None:
    version = version_for(split, ward)
    edit, change = (page(f"procedureversion_{name}", version.pk) for name in ("edition", "change"))
    assert [desk(one).get(edit).status_code for one in (owner, colleague)] == [403, 403]
    assert [desk(one).get(change).status_code for one in (owner, colleague)] == [200, 200]
    desk(reviewer).post(page("procedureversion_move", version.pk, "confirm"))
    assert version_for(split, ward).province == ward.parent


def test_screens_of_modes_and_notes_write_through_the_actions(split, ward, other_ward, people) -> None:
    add = page("filingrule_add")
    refused = desk(people.owner).post(add, {"unit": ward.pk, "procedure": split.pk, "mode": "accept"})
    errors = refused.context["adminform"].form.errors.as_data()
    assert [error.code for error in errors["mode"]] == ["authorisation_missing"]
    desk(people.owner).post(add, {"unit": ward.pk, "procedure": split.pk, "mode": "prepare"})
    assert FilingRule.objects.get().mode == "prepare"
    desk(people.owner).post(
        page("procedurenote_add"), {"unit": ward.pk, "procedure": split.pk, "text": "Quầy 3"}
    )
    note = ProcedureNote.objects.get()
    assert desk(people.colleague).get(add).status_code == 403
    rows = [page("procedurenote_change", note.pk), page("filingrule_change", FilingRule.objects.get().pk)]
    for address in rows:
        who = (people.owner, people.colleague, people.stranger)
        assert [desk(one).get(address).status_code for one in who] == [200, 200, 404]


def test_version_pages_ask_as_often_for_three_rows(split, ward, editor, reviewer) -> None:
    client = desk(reviewer)

    def counted(version: ProcedureVersion) -> list[int]:
        found = []
        for address in (page("procedureversion_changelist"), page("procedureversion_change", version.pk)):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        return found

    first = drafted(split, ward.parent, editor, summary="Một")
    client.get(page("procedureversion_changelist"))
    one = counted(first)
    papers = [{"text": "Giấy", "form": "copy"}, *version_for(split, ward).content["papers"]]
    drafted(split, ward.parent, editor, summary="Hai")
    third = drafted(split, ward.parent, editor, summary="Ba", papers=papers)
    assert counted(third) == one


def test_screen_writes_times_english_exemptions_and_advice(split, ward, editor) -> None:
    version = version_for(split, ward)
    edit = page("procedureversion_edition", version.pk)
    data = {name: value for name, value in desk(editor).get(edit).context["form"].initial.items() if value}
    data |= {"province": ward.parent.pk, "valid_from": "2026-11-01", "change_note": "Thông tư mới"}
    refused = desk(editor).post(edit, data | {"times": "sớm", "papers": "Giấy | fax"})
    errors = refused.context["form"].errors.as_data()
    assert {name: found[0].code for name, found in errors.items()} == {
        "times": "choice_unknown",
        "papers": "choice_unknown",
    }
    assert "Giấy | fax" in refused.content.decode()
    data |= {"times": "4 ngày làm việc | Từ ngày đủ hồ sơ | When complete", "summary_en": "New words"}
    data["exemptions"] += "\nNgười tình nguyện | Volunteers"
    data["advice"] += "\nGọi trước khi đến | Call first"
    answer = desk(editor).post(edit, data)
    draft = ProcedureVersion.objects.get(province=ward.parent)
    content, before = draft.content, version.content
    assert content["times"] == [
        {"value": 4, "unit": "working_day", "note": "Từ ngày đủ hồ sơ", "note_en": "When complete"}
    ]
    assert content["summary_en"] == "New words"
    volunteers = {"text": "Người tình nguyện", "text_en": "Volunteers"}
    assert content["exemptions"] == [*before["exemptions"], volunteers]
    assert content["advice"] == [*before["advice"], {"text": "Gọi trước khi đến", "text_en": "Call first"}]
    same = ("papers", "fees", "steps", "questions", "words")
    assert {part: content[part] for part in same} == {part: before[part] for part in same}
    shown = " ".join(desk(editor).get(answer["Location"]).content.decode().split())
    assert "− Bỏ:" in shown and "+ Thêm:" in shown and "Tóm tắt (tiếng Anh)" in shown
    assert "4 ngày làm việc" in shown.replace('<ins class="desk-added">', "").replace("</ins>", "")
    assert "summary_en" not in shown and "working_day" not in shown
