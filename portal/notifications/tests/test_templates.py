import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command

from portal.common.errors import Conflict, NotAllowed
from portal.notifications import notices as shelf
from portal.notifications.actions.templates import (
    SEEDER,
    change_template,
    create_template,
    sync_all_defaults,
    template_for,
)
from portal.notifications.channels.sms.text import count_parts, strip_accents
from portal.notifications.models import MessageTemplate
from portal.notifications.notices import all_notices
from portal.notifications.queries import sms_brand
from portal.notifications.rendering import example
from portal.notifications.tests.conftest import TESTER, make_unit
from portal.notifications.validators import parameters_of


class Officer:
    """As much of an officer as the rules ask for."""

    actor_ref = "officer:test"

    def __init__(self, *units) -> None:
        self.units = {unit.pk for unit in units}

    def unit_ids(self, permission: str) -> set[int]:
        return self.units if permission == "notifications.change_messagetemplate" else set()


@pytest.fixture
def files(tmp_path, settings):
    """A folder of default texts of its own."""
    settings.ROOT = tmp_path

    def write(notice: str, text: str) -> None:
        room, _dot, name = notice.partition(".")
        path = shelf.template_folder() / "sms" / room / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        shelf._read_file.cache_clear()

    return write


def test_a_missing_default_is_made_from_its_file(unit, files):
    files("tests.seeded", "Kính báo {so}.\n")
    row = template_for(unit=unit, channel="sms", notice="tests.seeded")
    assert (row.body, row.parameters, row.version, row.from_file, row.unit) == (
        "Kính báo {so}.",
        ["so"],
        1,
        True,
        None,
    )
    assert template_for(unit=unit, channel="sms", notice="tests.seeded") == row
    assert template_for(unit=unit, channel="sms", notice="tests.no_file") is None


def test_a_changed_file_becomes_a_new_version(unit, files):
    files("tests.seeded", "Một {so}.")
    assert sync_all_defaults(by=SEEDER) == ["sms tests.seeded"]
    assert sync_all_defaults(by=SEEDER) == []
    files("tests.seeded", "Hai {so}.")
    assert sync_all_defaults(by=SEEDER) == ["sms tests.seeded"]
    rows = MessageTemplate.objects.filter(notice="tests.seeded").order_by("version")
    assert list(rows.values_list("body", "version", "is_active")) == [
        ("Một {so}.", 1, False),
        ("Hai {so}.", 2, True),
    ]


def test_a_file_never_replaces_what_somebody_wrote(unit, files):
    files("tests.seeded", "Một {so}.")
    sync_all_defaults(by=SEEDER)
    change_template(
        template=MessageTemplate.objects.get(),
        body="Của chúng tôi {so}.",
        provider_id="77",
        unit=None,
        by=TESTER,
    )
    files("tests.seeded", "Hai {so}.")
    assert sync_all_defaults(by=SEEDER) == []
    assert template_for(unit=unit, channel="sms", notice="tests.seeded").body == "Của chúng tôi {so}."


def test_the_nearest_unit_decides(templates):
    province = make_unit("Tỉnh")
    ward, other = make_unit("Phường", province), make_unit("Khác", province)
    common = {"channel": "sms", "notice": "tests.confirmed", "provider_id": "", "by": TESTER}
    above = create_template(body="Tỉnh {so}", unit=province, **common)
    own = create_template(body="Phường {so}", unit=ward, **common)
    found = [
        template_for(unit=one, channel="sms", notice="tests.confirmed")
        for one in (ward, other, make_unit("Xa"))
    ]
    assert found == [own, above, templates[0]]


def test_the_brand_is_inherited(unit):
    province = make_unit("Tỉnh")
    province.sms_brand = "CATINH"
    province.save()
    assert [sms_brand(one) for one in (make_unit("Phường", province), unit)] == ["CATINH", ""]


def test_a_change_is_a_new_version_and_the_slower_colleague_is_told(templates):
    change_template(template=templates[0], body="Mới {so}", provider_id="", unit=None, by=TESTER)
    with pytest.raises(Conflict) as caught:
        change_template(template=templates[0], body="Chậm {so}", provider_id="", unit=None, by=TESTER)
    assert caught.value.code == "template_superseded"
    active = MessageTemplate.objects.active().get(notice="tests.confirmed")
    assert (active.body, active.version) == ("Mới {so}", 2)


def test_a_unit_has_one_text_per_notice(unit):
    facts = {
        "channel": "sms",
        "notice": "tests.confirmed",
        "body": "A",
        "provider_id": "",
        "unit": unit,
        "by": TESTER,
    }
    create_template(**facts)
    with pytest.raises(Conflict) as caught:
        create_template(**facts)
    assert caught.value.code == "template_exists"


def test_an_officer_writes_for_his_units_and_never_the_default(unit, templates):
    officer, stranger = Officer(unit), make_unit("Khác")
    own = change_template(template=templates[0], body="Riêng {so}", provider_id="", unit=unit, by=officer)
    assert (own.unit, own.version, MessageTemplate.objects.get(pk=templates[0].pk).is_active) == (
        unit,
        1,
        True,
    )
    for place in (None, stranger):
        with pytest.raises(NotAllowed):
            change_template(template=templates[0], body="X", provider_id="", unit=place, by=officer)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("  ", "body_empty"),
        ("x" * 1001, "body_too_long"),
        ("{So}", "body_invalid"),
        ("{a.b}", "body_invalid"),
        ("a } b", "body_invalid"),
    ],
)
def test_a_bad_body_is_refused(db, body, code):
    row = MessageTemplate(notice="tests.confirmed", body=body)
    with pytest.raises(ValidationError) as caught:
        row.clean()
    assert [item.code for item in caught.value.error_dict["body"]] == [code]


def test_the_command_says_what_it_renewed(db, files, capsys):
    files("tests.seeded", "Một {so}.")
    call_command("sync_message_templates")
    assert capsys.readouterr().out == "renewed sms tests.seeded\n1 message templates renewed.\n"


def test_every_notice_has_a_default_text_that_uses_only_its_parameters(db):
    shelf._read_file.cache_clear()
    faults = []
    rooms = {config.label for config in apps.get_app_configs()}  # other tests register notices too
    for notice in (one for one in all_notices() if one.key.split(".")[0] in rooms):
        for channel in {"sms", "call"} & set(notice.plan):
            body = shelf.file_text(channel, notice.key)
            if body is None or set(parameters_of(body)) - set(notice.parameters):
                faults.append((notice.key, channel))
    assert faults == []


def test_default_texts_stay_within_two_parts(db):
    long = []
    for path in sorted(shelf.template_folder().glob("sms/*/*.txt")):
        row = MessageTemplate(notice=f"{path.parent.name}.{path.stem}", body=path.read_text(encoding="utf-8"))
        row.clean()
        if count_parts(strip_accents(example(row))) > 2:
            long.append(path.name)
    assert long == []
