"""The components: what they write into the page, for people with and without sight, script or colour."""

import datetime as dt
import gzip
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.template.loader import render_to_string
from fontTools.ttLib import TTFont

from portal.common.components_view import SampleForm, components_page
from portal.common.layout import LocalDateField, PortalForm
from scripts.build_font import vietnamese_letters

ROOT = Path(__file__).parents[3]
COMPONENTS = sorted(file.stem for file in (ROOT / "templates" / "components").glob("*.html"))
# Shown through base.html or other components, not by a line of their own on the page.
INDIRECT = {"site_footer", "icon", "phone_link", "error_summary", "field", "code_input", "slot_picker"}


class SmallForm(PortalForm):
    name = forms.CharField(label="Họ và tên", help_text="Có dấu.")
    job = forms.CharField(label="Nghề nghiệp", required=False)
    kind = forms.ChoiceField(
        label="Việc", choices=[("a", "Cấp mới"), ("b", "Cấp đổi")], widget=forms.RadioSelect
    )
    consent = forms.BooleanField(label="Tôi đồng ý")


def tag_of(html: str, control: str) -> str:
    """The opening tag whose id is `control`."""
    return re.search(rf'<[a-z]+[^>]*\sid="{control}"[^>]*>', html).group(0)


def test_valid_empty_form_has_no_error_marks():
    html = render_crispy_form(SmallForm())
    assert "error-summary" not in html
    assert "aria-invalid" not in html
    assert 'aria-describedby="id_name_helptext"' in tag_of(html, "id_name")


def test_wrong_field_is_tied_to_its_help_and_its_error():
    html = render_crispy_form(SmallForm({"job": "Thợ mộc"}))
    control = tag_of(html, "id_name")
    assert 'aria-invalid="true"' in control
    assert 'aria-describedby="id_name_helptext id_name_error"' in control
    assert html.count('id="id_name_error"') == 1
    assert html.count('id="id_name_helptext"') == 1


def test_what_was_typed_is_kept():
    assert 'value="Thợ mộc"' in tag_of(render_crispy_form(SmallForm({"job": "Thợ mộc"})), "id_job")


def test_error_summary_links_to_each_wrong_control():
    html = render_crispy_form(SmallForm({}))
    summary = html[html.index("error-summary") : html.index("</ul>")]
    assert re.findall(r'href="#([^"]+)"', summary) == ["id_name", "id_kind_0", "id_consent"]
    for control in ("id_name", "id_kind_0", "id_consent"):
        assert tag_of(html, control)
    assert 'role="alert"' in html
    assert 'tabindex="-1"' in html


def test_optional_fields_are_marked_and_required_ones_are_not():
    html = render_crispy_form(SmallForm())
    assert re.findall(r'(?:label|legend)[^>]*>([^<]+) <span class="optional">', html) == ["Nghề nghiệp"]
    assert "asterisk" not in html


def test_search_form_may_leave_the_marks_out():
    class SearchForm(PortalForm):
        mark_optional = False
        words = forms.CharField(label="Tìm", required=False)

    assert "optional" not in render_crispy_form(SearchForm())


def test_radio_group_is_a_fieldset_with_a_legend():
    html = render_crispy_form(SmallForm({}))
    assert '<fieldset aria-describedby="id_kind_error">' in re.sub(r"\s+", " ", html)
    assert re.search(r"<legend[^>]*>Việc", html)


def test_dry_messages_become_polite_and_authors_messages_stay():
    class OwnWords(PortalForm):
        phone = forms.CharField(error_messages={"required": "Cần số điện thoại để gửi số thứ tự."})
        kind = forms.ChoiceField(choices=[("a", "A")])

    assert SmallForm({}).errors == {
        "name": ["Ông/Bà chưa điền mục này."],
        "kind": ["Ông/Bà chưa chọn mục này."],
        "consent": ["Ông/Bà cần đánh dấu vào ô này để tiếp tục."],
    }
    assert OwnWords({"kind": "x"}).errors == {
        "phone": ["Cần số điện thoại để gửi số thứ tự."],
        "kind": ["Lựa chọn này không còn, Ông/Bà vui lòng chọn lại."],
    }


@pytest.mark.parametrize("typed", ["24/05/1990", "24-5-1990", "24051990", " 24/05/1990 "])
def test_date_box_reads_the_usual_notations(typed):
    assert LocalDateField().clean(typed) == dt.date(1990, 5, 24)


@pytest.mark.parametrize("typed", ["31/02/1990", "05/1990", "hôm qua"])
def test_date_box_refuses_what_is_no_date(typed):
    with pytest.raises(ValidationError) as refused:
        LocalDateField().clean(typed)
    assert [error.code for error in refused.value.error_list] == ["date_invalid"]


def test_date_box_shows_a_known_date_as_people_write_it():
    class BirthForm(PortalForm):
        day = LocalDateField()

    html = render_crispy_form(BirthForm(initial={"day": dt.date(1990, 5, 24)}))
    assert 'value="24/05/1990"' in tag_of(html, "id_day")
    assert 'inputmode="numeric"' in tag_of(html, "id_day")


def test_full_tile_cannot_be_picked():
    html = render_crispy_form(SampleForm())
    assert "disabled" in tag_of(html, "id_slot_0_0")
    assert "disabled" not in tag_of(html, "id_slot_0_1")


@pytest.mark.parametrize("mode", ["production", "staging"])
def test_components_page_is_hidden_outside_development(rf, settings, mode):
    settings.PORTAL_MODE = mode
    with pytest.raises(Http404):
        components_page(rf.get("/"))


def test_components_page_shows_every_component(rf):
    html = (ROOT / "templates" / "components_page.html").read_text()
    shown = set(re.findall(r"components/(\w+)\.html", html))
    assert shown == set(COMPONENTS) - INDIRECT
    assert components_page(rf.get("/")).status_code == 200


@pytest.mark.parametrize("name", COMPONENTS)
def test_component_documents_itself(name):
    source = (ROOT / "templates" / "components" / f"{name}.html").read_text()
    assert "{% comment %}" in source
    assert "Context: " in source or "Context:\n" in source


def test_pages_carry_no_inline_script_or_style(rf):
    html = components_page(rf.get("/")).content.decode()
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", html) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []


@pytest.mark.parametrize("name", ["403.html", "404.html", "403_csrf.html", "500.html"])
def test_error_pages_render_without_request_and_context(name):
    html = render_to_string(name)
    assert '<html lang="vi">' in html
    assert html.count("<h1>") == 1


def test_notice_text_is_escaped():
    html = render_to_string("components/notice.html", {"text": "<script>x</script>", "tone": "error"})
    assert "<script>" not in html
    assert "notice-danger" in html


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_components_page_has_no_axe_findings_and_no_sideways_scrolling(live_portal, open_page, width):
    page = open_page(viewport={"width": width, "height": 740})
    page.goto(f"{live_portal}/dev/thanh-phan/")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert [finding["id"] for finding in Axe().run(page).response["violations"]] == []


@pytest.mark.parametrize("weight", [400, 600])
def test_font_draws_every_vietnamese_letter(weight):
    font = TTFont(ROOT / "static" / "fonts" / f"be-vietnam-pro-{weight}.woff2")
    letters = {ord(letter) for letter in vietnamese_letters()}
    assert len(letters) == 2 * (12 * 6 + 1)
    assert letters - set(font.getBestCmap()) == set()


def test_style_sheet_and_fonts_stay_light():
    static = ROOT / "static"
    assert len(gzip.compress((static / "css" / "portal.css").read_bytes())) < 12_000
    assert [file.name for file in static.glob("fonts/*.woff2") if file.stat().st_size > 14_000] == []


@pytest.mark.browser
def test_script_moves_the_focus_to_the_error_summary(live_portal, page):
    page.goto(f"{live_portal}/dev/thanh-phan/")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.click(".error-summary a >> nth=0")
    assert page.evaluate("document.activeElement.id") == "id_sai-phone"
    assert page.is_visible("[data-copy]")
    assert page.is_visible("[data-countdown-left]")


@pytest.mark.browser
def test_without_script_nothing_dead_is_shown(live_portal, page_without_scripts):
    page_without_scripts.goto(f"{live_portal}/dev/thanh-phan/")
    assert page_without_scripts.locator("[data-copy]").is_hidden()
    assert page_without_scripts.locator("[data-countdown-text]").is_hidden()
    assert page_without_scripts.locator("[data-countdown-fixed]").inner_text() == "Chỗ được giữ đến 08:40"
