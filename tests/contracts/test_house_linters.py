"""The house linters see every spelling of a mistake and leave innocent code alone."""

import ast
from pathlib import Path

import pytest

from tests.contracts.law import ROOT

STATUS_WRITES = [
    'booking.status = "booked"',
    "booking.state = 1",
    "booking.status, other = 1, 2",
    'booking.status += "x"',
    "booking.status: str = 1",
    'setattr(booking, "status", 1)',
    'booking.__dict__["status"] = 1',
    "rows.update(status=1)",
    'rows.update(**{"status": 1})',
    "rows.create(status=1)",
    'rows.update_or_create(code=1, defaults={"status": 1})',
    "rows.get_or_create(status=1)",
    'booking.save(update_fields=["status"])',
    'booking.save(update_fields=("number", "status"))',
    'rows.bulk_update(found, ["status"])',
    "Booking(status=1)",
    "cursor.execute(\"UPDATE appointments_booking SET number = 1, status = 'x'\")",
]
NO_STATUS_WRITES = [
    'if booking.status == "booked": pass',
    "counts[booking.status] = 1",
    'rows.filter(status="held")',
    "Response(body, status=201)",
    'Q(status="held")',
    "context.update(state_of_mind=1)",
    'models.Index(fields=["status"], name="x")',
]
BAD_TEMPLATES = {
    "inline script": "<script>go()</script>",
    "inline style": "<p {% if a %}class='x'{% endif %} style='color: red'>",
    "script in an attribute": '<a href="#" onclick="go()">',
    "javascript: address": "<a href='javascript:go()'>",
    "outside host": '<link rel="stylesheet" href="//cdn.example/x.css">',
    "<img> without alt": "<img src='{% static \"x.png\" %}'>",
    "<form> without novalidate": "<form method='get'>",
    "POST form without csrf_token": "<form method='post' novalidate><p></p></form>",
}
GOOD_TEMPLATES = [
    "<script src=\"{% static 'js/portal.js' %}\" defer></script>",
    '<a href="https://dichvucong.gov.vn">',
    '<img src="/static/x.png" alt="" width="1">',
    '<form method="post" novalidate>{% csrf_token %}</form>',
    '<p data-style="x" class="a > b">',
    "{# <script>go()</script> #}",
    "{% comment %}<p onclick='x'>{% endcomment %}",
]
SERIALIZERS = {
    "class A(serializers.Serializer):\n    def validate(self, data): return data": 1,
    "class A(serializers.ModelSerializer):\n    def create(self, data): return data": 1,
    "class A(StrictSerializer):\n    def validate_code(self, value): return value": 1,
    "class A(serializers.Serializer):\n    def to_internal_value(self, data): return data": 0,
    "class A(APIView):\n    def create(self, data): return data": 0,
}
FORMS = {
    "class A(forms.Form):\n    def clean(self): raise ValidationError('x')": 1,
    "class A(forms.Form):\n    def clean_code(self): return clean_code(self.cleaned_data['code'])": 0,
    "class A(forms.Form):\n    def clean(self):\n        try:\n            check()\n"
    "        except DomainError as error:\n            raise ValidationError(error.message)": 0,
}


@pytest.fixture(autouse=True)
def linters_and_root(monkeypatch):
    """Linters lie outside the packages and read the tree they are started in."""
    monkeypatch.syspath_prepend(str(ROOT / ".ci"))
    monkeypatch.chdir(ROOT)


def status_writes(code: str) -> list[ast.AST]:
    from check_status_writes import writes

    return [node for node in ast.walk(ast.parse(code)) if writes(node, {"Booking"})]


@pytest.mark.parametrize("code", STATUS_WRITES)
def test_status_write_is_seen(code):
    assert status_writes(code) != []


@pytest.mark.parametrize("code", NO_STATUS_WRITES)
def test_reading_a_status_is_no_write(code):
    assert status_writes(code) == []


def template_faults(text: str, folder: Path) -> list[str]:
    from check_templates import template_faults as faults

    page = folder / "page.html"
    page.write_text(text, encoding="utf-8")
    return [fault.split(": ", 1)[1] for fault in faults(page)]


@pytest.mark.parametrize(("fault", "text"), BAD_TEMPLATES.items(), ids=BAD_TEMPLATES)
def test_bad_template_is_seen(fault, text, tmp_path):
    found = template_faults(text, tmp_path)
    assert [one for one in found if one.startswith(fault)] == found != []


@pytest.mark.parametrize("text", GOOD_TEMPLATES)
def test_good_template_passes(text, tmp_path):
    assert template_faults(text, tmp_path) == []


@pytest.mark.parametrize(("code", "count"), SERIALIZERS.items())
def test_rules_in_serializers_are_counted(code, count):
    from check_doors import serializer_rules

    assert len(list(serializer_rules(ast.parse(code)))) == count


@pytest.mark.parametrize(("code", "count"), FORMS.items())
def test_rules_in_forms_are_counted(code, count):
    from check_doors import form_rules

    assert len(list(form_rules(ast.parse(code)))) == count
