"""The faults of scripts/plant_faults.py: each is a mistake somebody will make one day."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`text` is appended to `path`, or put in place of `find`; `check` must fail saying `expect`.

    `check` is a key of plant_faults.COMMANDS or a file of tests/contracts, a test's name behind `::`.
    """

    name: str
    path: str
    text: str
    check: str
    expect: str
    find: str = ""


LATE_IMPORT = """

def late():
    from {module} import {name}

    return {name}
"""
STATUS_BY_VIEW = """

def close_quickly(booking):
    booking.status = "finished"
    booking.save()
"""
STATUS_BY_UPDATE = """

def close_all(queryset):
    queryset.update(status="finished")
"""
SERIALIZER_RULE = """

class CarefulRequest(serializers.Serializer):
    phone = serializers.CharField()

    def validate_phone(self, value):
        if not value.startswith("+84"):
            raise serializers.ValidationError("phone")
        return value
"""
FORM_RULE = """

class CarefulForm(forms.Form):
    seats = forms.IntegerField()

    def clean_seats(self):
        if self.cleaned_data["seats"] > 3:
            raise ValidationError("too many", code="too_many")
        return self.cleaned_data["seats"]
"""
ADMIN_RULE = """

class CarefulAdmin(ScopedAdmin):
    def save_model(self, request, obj, form, change):
        if obj.capacity > 100:
            obj.capacity = 100
        super().save_model(request, obj, form, change)
"""
TASK_WITH_ROW = """

@shared_task(name="appointments.remind")
def remind(booking):
    return booking
"""
TASK_WITH_HIDDEN_ROW = """

def _remind(booking: object) -> None:
    return None


remind_task = shared_task(_remind, name="appointments.remind_hidden")
"""
GET_MODEL = """

def late():
    from django.apps import apps

    return apps.get_model("appointments", "Booking")
"""
SIGNAL = """
from django.db.models.signals import post_save

post_save.connect(print)
"""
UPWARD_KEY = """class Hamlet(Row):
    campaign = models.ForeignKey("appointments.Campaign", models.PROTECT, null=True, related_name="+")
"""
NICKNAME = """class Contact(Row):
    nickname = models.CharField(max_length=40, blank=True)
"""
OPEN_PAGE = """urlpatterns = [
    path("mo-cua/", views.start, name="side_door"),
"""
NAMELESS_PAGE = """urlpatterns = [
    path("mo-cua/", views.start),
"""

FAULTS = (
    Fault("upward import", "portal/units/queries.py", LATE_IMPORT.format(module="appointments.models", name="Booking"),
          "lint-imports", "portal.units.queries -> appointments.models"),
    Fault("import of a neighbour", "reports/views.py", LATE_IMPORT.format(module="appointments.models", name="Booking"),
          "lint-imports", "reports.views -> appointments.models"),
    Fault("tip-offs import procedures", "reports/views.py", LATE_IMPORT.format(module="procedures.models", name="Procedure"),
          "lint-imports", "reports.views -> procedures.models"),
    Fault("settings import", "portal/units/queries.py", LATE_IMPORT.format(module="portal.settings", name="VAR"),
          "lint-imports", "portal.units.queries -> portal.settings"),
    Fault("launcher imports a room", "portal/launcher/plan.py", LATE_IMPORT.format(module="portal.common.clock", name="local_now"),
          "lint-imports", "portal.launcher.plan -> portal.common.clock"),
    Fault("model imports an action", "appointments/models/booking.py", LATE_IMPORT.format(module="appointments.actions.sweep", name="expire_holds"),
          "lint-imports", "appointments.models.booking -> appointments.actions.sweep"),
    Fault("REST inside an action", "appointments/actions/sweep.py", LATE_IMPORT.format(module="rest_framework.response", name="Response"),
          "lint-imports", "appointments.actions.sweep -> rest_framework"),
    Fault("form layout inside an action", "procedures/actions/declare.py", LATE_IMPORT.format(module="crispy_forms.layout", name="Layout"),
          "lint-imports", "procedures.actions.declare -> crispy_forms"),
    Fault("request inside an action", "appointments/actions/sweep.py", LATE_IMPORT.format(module="django.http", name="HttpRequest"),
          "banned", "django.http.HttpRequest on a shelf that knows no HTTP"),
    Fault("undeclared kind of file", "appointments/extras.py", '"""Bits."""\n', "lint-imports", "appointments.extras"),
    Fault("new file in portal.common", "portal/common/bits.py", '"""Bits."""\n', "lint-imports", "portal.common.bits"),
    Fault("drawer", "appointments/helpers.py", '"""Bits."""\n', "banned", "helpers is a drawer"),
    Fault("room outside the law", "portal/side_room/__init__.py", '"""A room."""\n', "test_rooms.py", "portal.side_room"),
    Fault("upward string foreign key", "portal/units/models/places.py", UPWARD_KEY,
          "test_rooms.py", "('units.Hamlet', 'campaign', 'portal.units', 'appointments')", find="class Hamlet(Row):\n"),
    Fault("get_model", "portal/units/queries.py", GET_MODEL, "banned", "get_model goes around the import law"),
    Fault("signal", "portal/units/handlers.py", SIGNAL, "banned", "signal django.db.models.signals.post_save"),
    Fault("status write in a view", "appointments/views/tickets.py", STATUS_BY_VIEW, "status", "booking.status = 'finished'"),
    Fault("status write by update()", "appointments/admin/bookings.py", STATUS_BY_UPDATE, "status", "queryset.update(status='finished')"),
    Fault("rows written by a door", "appointments/views/tickets.py", STATUS_BY_VIEW, "doors", "a door writes rows: booking.save()"),
    Fault("rule in a serializer", "appointments/api/serializers.py", SERIALIZER_RULE,
          "doors", "rule in a serializer: CarefulRequest.validate_phone"),
    Fault("rule in a form", "appointments/forms/plan.py", FORM_RULE, "doors", "rule in a form: CarefulForm.clean_seats"),
    Fault("rule in an admin class", "appointments/admin/bookings.py", ADMIN_RULE, "doors", "rule in an admin class: save_model"),
    Fault("task takes a row", "appointments/tasks.py", TASK_WITH_ROW, "messages", "task remind takes booking"),
    Fault("task takes a row, undecorated", "appointments/tasks.py", TASK_WITH_HIDDEN_ROW, "test_tasks.py", "appointments.remind_hidden"),
    Fault("words to citizens in Python", "appointments/notices.py", '\nTEXT = "Xin chào Ông/Bà"\n',
          "messages", "words to citizens in Python"),
    Fault("text too long for an SMS", "templates/messages/sms/appointments/booking_cancelled.txt", "Xin mang theo giay to. " * 15,
          "test_notices.py", "assert 4 <= 3"),
    Fault("plain personal column", "portal/citizens/models/contacts.py", NICKNAME,
          "test_columns.py", "undeclared plain personal column: ['citizens.contact.nickname'", find="class Contact(Row):\n"),
    Fault("model changed without a migration", "portal/citizens/models/contacts.py", NICKNAME,
          "migrations", "Add field nickname to contact", find="class Contact(Row):\n"),
    Fault("two last migrations", "portal/citizens/migrations/0002_other.py",
          "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [('citizens', '0001_initial')]\n    operations = []\n",
          "linear", "dlm.E"),
    Fault("URL without audience", "portal/home/urls.py", OPEN_PAGE, "test_access.py::test_every_url_has_an_audience",
          "home:side_door", find="urlpatterns = [\n"),
    Fault("URL without a name", "portal/home/urls.py", NAMELESS_PAGE, "test_access.py::test_every_url_has_a_name",
          "assert 1 == 0", find="urlpatterns = [\n"),
    Fault("audience without a URL", "portal/access.py", '    "home:gone": PUBLIC,\n    "home:start"',
          "test_access.py::test_every_audience_has_a_url", "home:gone", find='    "home:start"'),
    Fault("inline script", "templates/home/start.html", "<script>alert(1)</script>", "templates", "inline script"),
    Fault("inline style", "templates/home/start.html", '<p style="color:red">x</p>', "templates", "inline style"),
    Fault("script in an attribute", "templates/home/start.html", '<p onclick="x()">x</p>', "templates", "script in an attribute"),
    Fault("outside host", "templates/home/start.html", '<script src="https://cdn.example/x.js"></script>', "templates", "outside host"),
    Fault("picture without alt", "templates/home/start.html", '<img src="/static/x.png">', "templates", "<img> without alt"),
    Fault("POST form without csrf_token", "templates/home/start.html", '<form method="post" novalidate></form>', "templates", "POST form without csrf_token"),
    Fault("broken template", "templates/home/start.html", "{% if %}", "test_templates.py", "templates/home/start.html"),
    Fault("API changed unnoticed", "appointments/api/serializers.py", "    device_name = serializers.CharField(required=False)\n    phone = serializers.CharField()\n",
          "test_api_schema.py", "+        device_name:", find="    phone = serializers.CharField()\n"),
    Fault("stale compiled catalogue", "locale/vi/LC_MESSAGES/djangojs.po", '\nmsgid "Stale"\nmsgstr "Cũ"\n', "test_locale.py", "'Stale'"),
    Fault("status nobody reaches", "appointments/enums.py", '    LOST = "lost", _("Thất lạc")\n    OPEN = "open"', "test_workflows.py", "'lost'", find='    OPEN = "open"'),
    Fault("unsafe production", "portal/settings/guard.py", '        (settings["PORTAL_MODE"] == "", "PORTAL_DEBUG is on"),\n',
          "test_settings_guard.py", "DID NOT RAISE", find='        (settings["DEBUG"], "PORTAL_DEBUG is on"),\n'),
)  # fmt: skip
