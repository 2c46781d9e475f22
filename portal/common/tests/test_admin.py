"""The desk's base classes, tried on the journal: rows by unit, nothing to change, buttons from a table."""

import html

import pytest
from django.core.exceptions import ValidationError
from django.urls import path, reverse
from unfold.sites import UnfoldAdminSite

from portal.audit.models import AuditEntry
from portal.common import admin as desk
from portal.common.admin import ReadOnlyAdmin, ScopedAdmin, TransitionButtons, register_read_recorder
from portal.common.errors import Conflict
from portal.common.workflow import Move, Workflow

site = UnfoldAdminSite(name="admin")
called = []


class Clerk:
    """An officer of unit 1 who may do what `may` lists."""

    pk, username, actor_ref = 1, "clerk", "officer:clerk"
    is_active = is_staff = is_authenticated = True
    is_anonymous = is_superuser = False
    may = {"audit.view_auditentry"}

    def has_perm(self, perm, obj=None):
        return perm in self.may and (obj is None or obj.unit_number == 1)

    def has_module_perms(self, app_label):
        return app_label == "audit"

    def has_usable_password(self):
        return False

    def unit_ids(self, permission=None):
        return {1, 2}  # a role that grants less reaches unit 2

    def get_username(self):
        return self.username

    def get_short_name(self):
        return self.username

    get_full_name = get_short_name


def as_clerk(get_response):
    def middleware(request):
        request.user = Clerk()
        return get_response(request)

    return middleware


def anyone(by, obj):
    return True


def move_entry(*, obj, to, by, reason):
    """Stands for an action: records the call, refuses as actions refuse."""
    called.append((obj.pk, to, by.actor_ref, reason))
    if to == "closed" and not reason:
        raise ValidationError({"reason": ValidationError("Xin nhập lý do.", code="reason_required")})
    if to == "lost":
        raise Conflict("move_not_allowed", "Lịch hẹn đã thay đổi.")


class EntryAdmin(TransitionButtons, ReadOnlyAdmin):
    audit_reads = True
    status_field = "action"
    gate = move_entry
    fields = ("action", "actor")
    workflow = Workflow(
        [
            Move("new", "open", "accept", "Nhận", anyone),
            Move("new", "closed", "close", "Đóng & lưu", anyone, requires=("reason",)),
            Move("new", "lost", "lose", "Mất", anyone),
            Move("new", "secret", "hide", "Giấu", lambda by, obj: False),
            Move("open", "closed", "close", "Đóng", anyone),
        ]
    )


site.register(AuditEntry, EntryAdmin)
urlpatterns = [path("quan-tri/", site.urls)]


@pytest.fixture(autouse=True)
def desk_alone(settings):
    """The desk without accounts: this room lies below the officers."""
    settings.ROOT_URLCONF = __name__
    settings.UNFOLD = {}
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
    settings.MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        f"{__name__}.as_clerk",
        "django.contrib.messages.middleware.MessageMiddleware",
    ]
    settings.LANGUAGE_CODE = "vi"
    called.clear()


@pytest.fixture
def entry(db):
    return AuditEntry.objects.create(actor="system:test", action="new", unit_number=1)


@pytest.fixture
def reads(monkeypatch):
    """What the journal would be told about opened rows."""
    found = []
    monkeypatch.setattr(desk, "_read_recorders", [])
    register_read_recorder(lambda **facts: found.append(facts))
    return found


def change_page(row):
    return reverse("admin:audit_auditentry_change", args=[row.pk])


def move_page(row, to):
    return reverse("admin:audit_auditentry_move", args=[row.pk, to])


def texts(response):
    return [str(message) for message in response.context["messages"]]


def test_list_shows_rows_of_the_officers_units_only(client, entry):
    AuditEntry.objects.create(actor="system:hidden", action="other", unit_number=3)
    response = client.get(reverse("admin:audit_auditentry_changelist"))
    assert [row.pk for row in response.context["cl"].queryset] == [entry.pk]
    assert b"system:hidden" not in response.content


def test_row_of_another_unit_is_not_found(client, db, reads):
    hidden = AuditEntry.objects.create(actor="system:hidden", action="new", unit_number=3)
    response = client.get(change_page(hidden))
    assert (response.status_code, b"system:hidden" in response.content) == (404, False)
    assert client.get(move_page(hidden, "open")).status_code == 404
    assert client.post(move_page(hidden, "open")).status_code == 404
    assert (called, reads) == ([], [])


def test_permission_is_asked_for_the_rows_own_unit(client, db, reads):
    """The officer reaches unit 2 by another role, but may not read the journal there."""
    near = AuditEntry.objects.create(actor="system:near", action="new", unit_number=2)
    assert client.get(change_page(near)).status_code == 403
    assert client.post(move_page(near, "open")).status_code == 403
    assert (called, reads) == ([], [])


def test_read_only_rows_cannot_be_added_changed_or_deleted(client, entry):
    page = client.get(change_page(entry))
    assert page.status_code == 200
    assert b'name="action"' not in page.content
    assert client.get(reverse("admin:audit_auditentry_add")).status_code == 403
    assert client.get(reverse("admin:audit_auditentry_delete", args=[entry.pk])).status_code == 403
    assert client.post(change_page(entry), {"action": "x"}).status_code == 403
    assert AuditEntry.objects.get(pk=entry.pk).action == "new"


def test_opening_a_row_is_told_to_the_journal_once(client, entry, reads):
    client.get(change_page(entry))
    client.get(reverse("admin:audit_auditentry_changelist"))
    assert [(read["action"], read["by"].actor_ref, read["obj"].pk, read["unit"]) for read in reads] == [
        ("auditentry.viewed", "officer:clerk", entry.pk, None)
    ]


def test_journal_registers_once():
    from portal.audit.record import record_read

    register_read_recorder(record_read)
    assert desk._read_recorders.count(record_read) == 1


def test_change_page_shows_a_button_per_allowed_move(client, entry):
    page = client.get(change_page(entry))
    buttons = page.context["move_buttons"]
    assert [(button["verb"], button["url"]) for button in buttons] == [
        ("accept", move_page(entry, "open")),
        ("close", move_page(entry, "closed")),
        ("lose", move_page(entry, "lost")),
    ]
    shown = page.content.decode()
    assert [shown.count(f'href="{button["url"]}"') for button in buttons] == [1, 1, 1]
    assert "Đóng &amp; lưu" in shown


def test_final_row_has_no_buttons(client, db):
    closed = AuditEntry.objects.create(actor="system:test", action="closed", unit_number=1)
    assert client.get(change_page(closed)).context["move_buttons"] == []


def test_looking_at_the_confirmation_moves_nothing(client, entry):
    page = client.get(move_page(entry, "closed"))
    shown = page.content.decode()
    assert (page.status_code, called) == (200, [])
    assert 'aria-required="true"' in shown
    assert "csrfmiddlewaretoken" in shown


def test_confirmation_has_no_inline_script_or_style_of_its_own(client, entry):
    shown = client.get(move_page(entry, "closed")).content.decode()
    form = shown[shown.index('<form method="post" novalidate') :]
    form = form[: form.index("</form>")]
    assert [word for word in ("<script", "style=", "onclick", "x-on:", "@click") if word in form] == []


def test_reason_is_optional_where_the_table_does_not_ask(client, entry):
    assert "(không bắt buộc)" in client.get(move_page(entry, "open")).content.decode()


def test_post_calls_the_gate_and_returns_to_the_row(client, entry):
    response = client.post(move_page(entry, "open"), {"reason": "  đủ giấy tờ "}, follow=True)
    assert called == [(entry.pk, "open", "officer:clerk", "đủ giấy tờ")]
    assert response.redirect_chain == [(change_page(entry), 302)]
    assert texts(response) == ["Đã thực hiện: Nhận."]


def test_missing_reason_is_said_on_the_same_page(client, entry):
    response = client.post(move_page(entry, "closed"), {"reason": "  "})
    assert response.status_code == 200
    assert response.context["errors"] == ["Xin nhập lý do."]
    assert 'aria-invalid="true"' in response.content.decode()


def test_typed_reason_is_kept_and_escaped(client, entry, monkeypatch):
    def refuse(**facts):
        raise ValidationError("Lý do quá ngắn.", code="reason_short")

    monkeypatch.setattr(EntryAdmin, "gate", staticmethod(refuse))
    shown = client.post(move_page(entry, "open"), {"reason": "<b>x"}).content.decode()
    assert html.escape("<b>x") in shown
    assert "<b>x" not in shown


def test_refusal_of_the_gate_becomes_a_message(client, entry):
    response = client.post(move_page(entry, "lost"), {}, follow=True)
    assert texts(response) == ["Lịch hẹn đã thay đổi."]


def test_stale_button_leads_back_with_a_message(client, entry):
    response = client.get(move_page(entry, "secret"), follow=True)
    assert response.redirect_chain == [(change_page(entry), 302)]
    assert texts(response) == ["Không thể chuyển từ trạng thái hiện tại."]


def test_move_page_takes_get_and_post_only(client, entry):
    assert client.put(move_page(entry, "open")).status_code == 405


def test_editable_rows_ask_for_the_change_permission():
    scoped = ScopedAdmin(AuditEntry, site)
    request = type("Request", (), {"user": Clerk()})()
    row = AuditEntry(unit_number=1)
    assert (scoped.has_view_permission(request, row), scoped.has_change_permission(request, row)) == (
        True,
        False,
    )
    request.user.may = {"audit.change_auditentry"}
    assert (scoped.has_view_permission(request, row), scoped.has_delete_permission(request, row)) == (
        True,
        False,
    )
