"""The table of roles against a second copy written by hand: a slip in one of them shows."""

from portal.officers.roles import CONTENT_PERMISSIONS, ROLES

DIRECTORY = {
    "units.view_unit",
    "units.view_hamlet",
    "units.view_openinghours",
    "units.view_unitcontact",
    "units.view_calendarday",
    "procedures.view_procedure",
    "procedures.view_procedureversion",
    "procedures.view_procedurenote",
    "procedures.view_filingrule",
    "procedures.view_authorisation",
}
PLANS = {"appointments.view_campaign", "appointments.view_session"}
RECEPTION = {"appointments.view_booking", "appointments.check_in_booking", "appointments.view_card"}
COUNTERS = {"appointments.view_counter", "appointments.view_deskrules"}
BOOKING = {"appointments.book_booking", "appointments.cancel_booking", "appointments.move_booking"} | {
    "appointments.view_waitingentry"
}
CALLS = {"notifications.view_calltask", "notifications.call_calltask"}
TALKS = {"conversations.view_conversation", "conversations.answer_conversation"}
ROSTER = {"conversations.view_quickreply", "conversations.view_shift"}
MASS = {f"notifications.{verb}_massmessage" for verb in ("view", "add", "change")}
MASS_SENDING = {"notifications.view_massmessage", "notifications.send_massmessage"}
LINKS = {"notifications.view_zalolink", "notifications.end_zalolink"}
FILES = {"files.view_storedfile"}
FILES_JUDGED = {"files.view_storedfile", "files.judge_storedfile"}
DESK = (
    CALLS
    | TALKS
    | LINKS
    | {
        "procedures.view_declaration",
        "citizens.view_contact",
        "citizens.view_organisation",
        "citizens.add_organisation",
        "citizens.change_organisation",
        "notifications.view_outboxmessage",
        "notifications.change_outboxmessage",
    }
)
PERSONAL_DATA = {"citizens.view_person", "citizens.export_person", "citizens.erase_person"}
CAMPAIGNS = {
    "appointments.add_campaign",
    "appointments.change_campaign",
    "appointments.open_campaign",
    "appointments.close_campaign",
    "appointments.change_session",
}
CARDS = {"appointments.view_card", "appointments.change_card"}
HELPERS = {"appointments.view_helper", "appointments.add_helper", "appointments.change_helper"}
FIGURES = {"appointments.count_booking", "procedures.count_declaration", "notifications.count_outboxmessage"}
ZALO = {
    "zalo.view_officialaccount",
    "zalo.add_officialaccount",
    "zalo.change_officialaccount",
    "zalo.connect_officialaccount",
    "zalo.view_tokenentry",
    "zalo.view_webhookevent",
    "zalo.replay_webhookevent",
    "zalo.view_zalotemplate",
    "zalo.view_menuitem",
    "zalo.add_menuitem",
    "zalo.change_menuitem",
    "zalo.delete_menuitem",
}
SET_UP = ZALO | {
    "units.change_unit",
    "units.add_hamlet",
    "units.change_hamlet",
    "units.add_openinghours",
    "units.change_openinghours",
    "units.delete_openinghours",
    "units.add_unitcontact",
    "units.change_unitcontact",
    "units.delete_unitcontact",
    "units.add_calendarday",
    "units.change_calendarday",
    "units.delete_calendarday",
    "notifications.view_messagetemplate",
    "notifications.change_messagetemplate",
    "notifications.view_messagebudget",
    "notifications.add_messagebudget",
    "notifications.change_messagebudget",
    "notifications.view_providerstate",
    "notifications.count_outboxmessage",
    "procedures.view_declarationsettings",
    "procedures.add_declarationsettings",
    "procedures.change_declarationsettings",
    "appointments.view_counter",
    "appointments.add_counter",
    "appointments.change_counter",
    "appointments.view_deskrules",
    "appointments.add_deskrules",
    "appointments.change_deskrules",
    "conversations.view_quickreply",
    "conversations.add_quickreply",
    "conversations.change_quickreply",
    "conversations.delete_quickreply",
    "conversations.view_shift",
    "conversations.add_shift",
    "conversations.change_shift",
    "conversations.delete_shift",
}
ACCOUNTS = {
    "officers.view_officer",
    "officers.add_officer",
    "officers.change_officer",
    "officers.view_roleassignment",
    "officers.add_roleassignment",
    "officers.change_roleassignment",
}
NOTES = {"procedures.add_procedurenote", "procedures.change_procedurenote"}
FILING = {
    "procedures.add_filingrule",
    "procedures.change_filingrule",
    "procedures.add_authorisation",
    "procedures.change_authorisation",
}
EXPECTED = {
    "duty_officer": DIRECTORY | PLANS | RECEPTION | COUNTERS | CALLS | TALKS | ROSTER,
    "id_desk": DIRECTORY
    | PLANS
    | RECEPTION
    | COUNTERS
    | BOOKING
    | DESK
    | CAMPAIGNS
    | CARDS
    | HELPERS
    | ROSTER
    | FILES
    | MASS
    | {"zalo.view_officialaccount"},
    "residence_desk": DIRECTORY | PLANS | RECEPTION | COUNTERS | BOOKING | DESK | ROSTER | FILES,
    "area_officer": DIRECTORY | PLANS,
    "investigator": DIRECTORY,
    "editor": DIRECTORY
    | NOTES
    | MASS
    | {"procedures.change_procedure", "notifications.view_messagetemplate"},
    "reviewer": DIRECTORY
    | MASS_SENDING
    | {
        "procedures.review_procedure",
        "notifications.view_messagetemplate",
        "notifications.change_messagetemplate",
    },
    "unit_chief": DIRECTORY
    | PLANS
    | RECEPTION
    | COUNTERS
    | BOOKING
    | DESK
    | PERSONAL_DATA
    | CAMPAIGNS
    | CARDS
    | HELPERS
    | FIGURES
    | SET_UP
    | ACCOUNTS
    | NOTES
    | FILING
    | FILES_JUDGED
    | MASS
    | MASS_SENDING
    | {"procedures.change_procedure", "procedures.review_procedure"},
    "province_viewer": DIRECTORY | PLANS | FIGURES,
    "inspectorate": DIRECTORY
    | {"audit.view_auditentry", "officers.view_officer", "officers.view_roleassignment"},
    "it_admin": DIRECTORY | SET_UP | ACCOUNTS,
}
CONTENT = RECEPTION | BOOKING | DESK | PERSONAL_DATA | CARDS | HELPERS | FILES_JUDGED


def test_every_role_grants_exactly_what_the_list_says() -> None:
    assert {key: set(role.permissions) for key, role in ROLES.items()} == EXPECTED


def test_content_permissions_are_exactly_the_listed_ones() -> None:
    assert set(CONTENT_PERMISSIONS) == CONTENT


def test_these_roles_and_no_others_reach_content() -> None:
    found = {key for key, role in ROLES.items() if role.permissions & CONTENT}
    assert found == {"duty_officer", "id_desk", "residence_desk", "unit_chief"}


def test_only_the_area_officer_needs_hamlets() -> None:
    assert [key for key, role in ROLES.items() if role.needs_hamlets] == ["area_officer"]


def test_every_role_has_a_name_and_a_description_of_its_own() -> None:
    assert len({str(role.name_vi) for role in ROLES.values()}) == len(ROLES)
    assert len({str(role.description_vi) for role in ROLES.values()}) == len(ROLES)
