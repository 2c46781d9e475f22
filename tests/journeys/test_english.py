"""English: the switch keeps the page, and no text that a citizen can meet is left in Vietnamese."""

import gettext
from types import SimpleNamespace

import pytest
from django.conf import settings as project
from django.db.models import Choices
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils import translation

from appointments import enums
from appointments.forms import CancelForm, ChangeForm, CodeForm, LookupForm, VisitForm
from appointments.forms.attested import AttestedForm
from appointments.forms.changes import MessagesForm
from appointments.forms.waiting import InterestForm, ProofForm, WaitingCodeForm, WaitingForm
from appointments.views.shared import STEPS
from portal.citizens.forms import NoticesForm, SignInCodeForm, SignInForm
from reports.emergency import EMERGENCY_LINES
from tests.journeys.checks import assert_no_barriers
from tests.journeys.steps import PERSON, PHONE, choose_hour, press
from tests.journeys.texts import OFFICERS_ONLY, MessageKey, citizen_modules, imports, modules, texts

TEMPLATES = project.ROOT / "templates"
ROOMS = ("files", "components", "appointments", "home", "procedures", "reports", "citizens", "bootstrap5")
DESK = TEMPLATES / "appointments" / "desk"  # officers' pages, but for the screen that hangs in the hall
SCREEN = DESK / "screen.html"
BAD = {"full_name": "7", "birth_date": "32/13/1990", "phone": "12", "identity_number": "1", "old_number": "2"}
STATUSES = (
    enums.BookingStatus,
    enums.CampaignStatus,
    enums.CardStatus,
    enums.InterestStatus,
    enums.SessionStatus,
    enums.TurnStatus,
    enums.WaitingStatus,
)


def citizen_templates() -> list[str]:
    """Names of every template a citizen may see."""
    paths = [path for room in ROOMS for path in (TEMPLATES / room).rglob("*.html")]
    paths += [path for path in TEMPLATES.glob("*.html") if path.name != "components_page.html"]
    open_to_all = [path for path in paths if DESK not in path.parents or path == SCREEN]
    return sorted(str(path.relative_to(TEMPLATES)) for path in open_to_all)


def block_key(node: BlockTranslateNode) -> MessageKey:
    singular, _names = node.render_token_list(node.singular)
    return (singular, 0) if node.plural else singular


def message_keys(name: str) -> list[MessageKey]:
    """What the template of this name asks gettext for."""
    nodes = get_template(name).template.nodelist
    plain = [node.filter_expression.var.literal for node in nodes.get_nodes_by_type(TranslateNode)]
    return plain + [block_key(node) for node in nodes.get_nodes_by_type(BlockTranslateNode)]


def without_english(wanted: set[MessageKey]) -> list[MessageKey]:
    """Those the compiled catalogue, which a server reads, does not hold."""
    with (project.ROOT / "locale/en/LC_MESSAGES/django.mo").open("rb") as file:
        known = gettext.GNUTranslations(file)._catalog
    return sorted(wanted - set(known), key=str)


def in_both(text: object) -> tuple[str, str]:
    """A lazy text in Vietnamese and in English."""
    with translation.override("vi"):
        vietnamese = str(text)
    with translation.override("en"):
        return vietnamese, str(text)


def citizen_forms() -> list:
    """Every form of a citizen, with all it can ask."""
    people = [(SimpleNamespace(uid=place), "") for place in range(2)]
    changes = {"people": people, "proven": False}
    return [
        *(VisitForm(people=1), AttestedForm(slots=[]), WaitingForm(), CodeForm(), LookupForm()),
        *(ChangeForm(slots=[], **changes), CancelForm(**changes), ProofForm(proven=False)),
        *(MessagesForm(), WaitingCodeForm(), InterestForm(), SignInForm(), SignInCodeForm(), NoticesForm()),
    ]


def test_every_text_of_the_citizens_templates_has_english() -> None:
    found = {text for name in citizen_templates() for text in message_keys(name)}
    assert len(found) > 150
    assert without_english(found) == []


def test_every_text_of_the_citizens_code_has_english() -> None:
    """Refusals, labels and statuses; a new module counts as met by citizens until it is named officers'."""
    found = {text for name in citizen_modules() for text in texts(name)}
    assert len(found) > 300
    assert without_english(found) == []


def test_what_citizens_meet_leans_on_nothing_that_speaks_to_officers_only() -> None:
    officers = set(OFFICERS_ONLY)
    assert officers - set(modules()) == set()
    # A room's __init__ gathers the forms of both; it says nothing itself.
    own = [name for name in citizen_modules() if not name.endswith("__init__.py")]
    assert {name: found for name in own if (found := imports(name) & officers)} == {}


def test_every_title_of_a_message_has_english() -> None:
    files = sorted((TEMPLATES / "messages" / "title").rglob("*.txt"))
    titles = {file.read_text(encoding="utf-8").strip() for file in files}
    assert len(titles) == len(files) > 5
    assert without_english(titles) == []


@pytest.mark.parametrize("statuses", STATUSES, ids=lambda statuses: statuses.__name__)
def test_every_status_has_english(statuses: type[Choices]) -> None:
    pairs = [in_both(label) for label in statuses.labels]
    assert [vietnamese for vietnamese, other in pairs if vietnamese == other] == []


def test_every_label_and_help_text_has_english() -> None:
    fields = [field for form in citizen_forms() for field in form.fields.values()]
    fields = [field for field in fields if not field.widget.is_hidden]
    texts = [
        text for field in fields for text in (field.label, field.help_text, field.error_messages["required"])
    ]
    texts += [label for field in fields for _value, label in getattr(field, "choices", [])]
    texts += [*STEPS, *VisitForm.fold_titles.values(), *VisitForm.headings.values()]
    texts += [line.what for line in EMERGENCY_LINES]
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
