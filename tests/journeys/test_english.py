"""English: the switch keeps the page, and no text of the citizens' pages is left in Vietnamese."""

import gettext

import pytest
from django.conf import settings as project
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils import translation

from appointments.forms import CancelForm, CodeForm, LookupForm, VisitForm
from appointments.views import STEPS
from reports.emergency import EMERGENCY_LINES
from tests.journeys.checks import assert_no_barriers
from tests.journeys.steps import PERSON, PHONE, choose_hour, press

TEMPLATES = project.ROOT / "templates"
ROOMS = ("components", "appointments", "home", "reports", "citizens", "bootstrap5")
FORMS = (VisitForm, CodeForm, CancelForm, LookupForm)
BAD = {"full_name": "7", "birth_date": "32/13/1990", "phone": "12", "identity_number": "1", "old_number": "2"}


def citizen_templates() -> list[str]:
    """Names of every template a citizen may see."""
    paths = [path for room in ROOMS for path in (TEMPLATES / room).rglob("*.html")]
    paths += [path for path in TEMPLATES.glob("*.html") if path.name != "components_page.html"]
    return sorted(str(path.relative_to(TEMPLATES)) for path in paths)


def message_ids(name: str) -> list[str]:
    """What the template of this name asks gettext for."""
    nodes = get_template(name).template.nodelist
    plain = [node.filter_expression.var.literal for node in nodes.get_nodes_by_type(TranslateNode)]
    blocks = [
        node.render_token_list(node.singular)[0] for node in nodes.get_nodes_by_type(BlockTranslateNode)
    ]
    return plain + blocks


def english() -> gettext.GNUTranslations:
    """The compiled catalogue that a server reads."""
    with (project.ROOT / "locale/en/LC_MESSAGES/django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def in_both(text: object) -> tuple[str, str]:
    """A lazy text in Vietnamese and in English."""
    with translation.override("vi"):
        vietnamese = str(text)
    with translation.override("en"):
        return vietnamese, str(text)


def test_every_text_of_the_citizens_templates_has_english() -> None:
    found = {text for name in citizen_templates() for text in message_ids(name)}
    known = english()._catalog
    missing = [text for text in sorted(found) if text not in known and (text, 0) not in known]
    assert len(found) > 150
    assert missing == []


def test_every_label_and_help_text_has_english() -> None:
    fields = [field for form in FORMS for field in form().fields.values() if not field.widget.is_hidden]
    texts = [
        text for field in fields for text in (field.label, field.help_text, field.error_messages["required"])
    ]
    texts += [label for field in fields for _value, label in getattr(field, "choices", [])]
    texts += [*STEPS, *(line.what for line in EMERGENCY_LINES)]
    pairs = [in_both(text) for text in texts if text]
    assert [vietnamese for vietnamese, other in pairs if vietnamese == other] == []


@pytest.mark.parametrize("data", [{}, BAD])
def test_every_refusal_of_the_declaration_has_english(data: dict[str, str]) -> None:
    found = []
    for language in ("vi", "en"):
        with translation.override(language):
            found.append(
                {name: [str(text) for text in errors] for name, errors in VisitForm(data).errors.items()}
            )
    vietnamese, other = found
    assert vietnamese.keys() == other.keys()
    assert [name for name in vietnamese if vietnamese[name] == other[name]] == []


@pytest.mark.browser
def test_english_switch_keeps_the_page(page, live_portal, campaign, slot) -> None:
    choose_hour(page, live_portal)
    page.get_by_role("link", name="English").click()
    assert page.url.startswith(f"{live_portal}/en/")
    assert page.url.endswith(f"/{slot.uid}/")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() == "Appointment form"
    assert_no_barriers(page)
    page.get_by_label("Renewal").check()
    for name, value in {**PERSON, "phone": PHONE}.items():
        page.locator(f"#id_{name}").fill(value)
    press(page, "Hold my place and send me a code")
    page.locator("#id_code").wait_for()
    assert page.url.startswith(f"{live_portal}/en/")
    page.get_by_role("link", name="Tiếng Việt").click()
    assert page.locator("h1").inner_text() == "Nhập mã xác nhận"
