"""What officers fill in about the catalogue; the actions decide and write."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from portal.common.errors import DomainError
from portal.units.models import Unit
from procedures.actions.authorise import end_authorisation, record_authorisation
from procedures.actions.set_filing_mode import set_filing_mode
from procedures.actions.write_edition import Words, draft_edition
from procedures.actions.write_note import write_note
from procedures.content import Content
from procedures.enums import Fact
from procedures.forms.lines import LINE_HELP, items_of, lines_of
from procedures.models import Authorisation, FilingRule, Procedure, ProcedureNote, ProcedureVersion
from procedures.queries import provinces_of

SELECTS = {"unit": UnfoldAdminSelectWidget, "procedure": UnfoldAdminSelectWidget}


class _RowForm(forms.ModelForm):
    """`officer` is set by the page; `permission` says for which units he may choose."""

    officer: Any = None
    permission = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.current().filter(
            pk__in=self.officer.unit_ids(self.permission)
        )
        self.fields["procedure"].queryset = Procedure.objects.current().order_by("name")

    def act(self) -> Any:
        raise NotImplementedError

    def _post_clean(self) -> None:
        if self.errors:
            return
        try:
            self.instance = self.act()
        except ValidationError as error:
            self.add_error(None, error)
        except DomainError as refusal:
            self.add_error(None, ValidationError(refusal.message, code=refusal.code))

    def save(self, commit: bool = True) -> Any:
        return self.instance

    def save_m2m(self) -> None:
        """Nothing beside the action."""


class FilingRuleForm(_RowForm):
    permission = "procedures.change_filingrule"

    class Meta:
        model = FilingRule
        fields = ("unit", "procedure", "mode")
        widgets = SELECTS | {"mode": UnfoldAdminSelectWidget}

    def act(self) -> FilingRule:
        return set_filing_mode(by=self.officer, **self.cleaned_data)


class AuthorisationForm(_RowForm):
    permission = "procedures.add_authorisation"

    class Meta:
        model = Authorisation
        fields = ("unit", "procedure", "number", "issued_on", "issued_by", "valid_from", "valid_to")
        widgets = SELECTS | {
            "number": UnfoldAdminTextInputWidget,
            "issued_by": UnfoldAdminTextInputWidget,
            "issued_on": UnfoldAdminSingleDateWidget,
            "valid_from": UnfoldAdminSingleDateWidget,
            "valid_to": UnfoldAdminSingleDateWidget,
        }

    def act(self) -> Authorisation:
        return record_authorisation(by=self.officer, **self.cleaned_data)


class NoteForm(_RowForm):
    permission = "procedures.change_procedurenote"

    class Meta:
        model = ProcedureNote
        fields = ("unit", "procedure", "text", "text_en")
        widgets = SELECTS | {"text": UnfoldAdminTextareaWidget, "text_en": UnfoldAdminTextareaWidget}

    def act(self) -> ProcedureNote:
        return write_note(by=self.officer, **self.cleaned_data)


def _text(label: Any, *, needed: bool = False, help_text: Any = "", lines: int = 3) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget({"rows": lines}) if lines > 1 else UnfoldAdminTextInputWidget()
    return forms.CharField(label=label, required=needed, help_text=help_text, widget=widget)


def _lines(part: str, label: Any, *, rows: int) -> forms.CharField:
    """One item per line, written and read by forms/lines.py."""
    return _text(label, help_text=LINE_HELP[part], lines=rows)


class EditionForm(forms.Form):
    """The next version of a procedure for a province, beginning with what `version` says."""

    LISTS = ("papers", "times", "fees", "exemptions", "steps", "advice")
    TEXTS = (
        *("summary", "summary_en", "who", "who_en", "where", "where_en", "result", "result_en"),
        *("legal_basis", "form_codes", "official_link"),
    )

    province = forms.ModelChoiceField(Unit.objects.none(), label=_("Bản của"), widget=UnfoldAdminSelectWidget)
    change_note = _text(_("Lý do thay đổi: văn bản nào, từ ngày nào"), needed=True, lines=1)
    valid_from = forms.DateField(label=_("Có hiệu lực từ"), widget=UnfoldAdminSingleDateWidget)
    name = _text(_("Tên thủ tục"), needed=True, lines=1)
    name_en = _text(_("Tên tiếng Anh"), lines=1)
    summary = _text(_("Tóm tắt"))
    summary_en = _text(_("Tóm tắt bằng tiếng Anh"))
    who = _text(_("Ai làm"))
    who_en = _text(_("Ai làm, bằng tiếng Anh"))
    where = _text(_("Làm ở đâu"))
    where_en = _text(_("Làm ở đâu, bằng tiếng Anh"))
    papers = _lines("papers", _("Giấy tờ cần mang"), rows=8)
    times = _lines("times", _("Thời hạn"), rows=2)
    fees = _lines("fees", _("Lệ phí"), rows=5)
    exemptions = _lines("exemptions", _("Diện được miễn lệ phí"), rows=4)
    steps = _lines("steps", _("Các bước"), rows=6)
    advice = _lines("advice", _("Lời khuyên"), rows=4)
    result = _text(_("Kết quả"), lines=2)
    result_en = _text(_("Kết quả bằng tiếng Anh"), lines=2)
    legal_basis = _text(_("Căn cứ pháp lý"))
    form_codes = _text(_("Biểu mẫu"), lines=1)
    official_link = _text(_("Liên kết trên Cổng Dịch vụ công quốc gia (https://…)"), lines=1)
    unsure = forms.MultipleChoiceField(
        label=_("Mục chưa xác minh, không hiện cho người dân"),
        choices=Fact.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, officer: Any, version: ProcedureVersion, **kwargs: Any) -> None:
        self.officer, self.version = officer, version
        content = version.content
        now = {name: content.get(name, "") for name in self.TEXTS}
        now |= {name: lines_of(content.get(name, []), name) for name in self.LISTS}
        now |= {"name": version.name, "name_en": version.name_en, "valid_from": version.valid_from}
        now["unsure"] = content.get("unsure", [])
        super().__init__(*args, initial=now, **kwargs)
        mine = provinces_of(officer, "procedures.change_procedure")
        self.fields["province"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in mine])
        self.fields["province"].initial = mine[0].pk if mine else None

    def content(self) -> Content:
        """The version's document with what was typed; what the form does not show stays as it is."""
        given = self.cleaned_data
        old = self.version.content
        typed = {name: given[name] for name in self.TEXTS if given[name] or old.get(name)}
        lists = {name: items_of(given[name], old.get(name, []), name) for name in self.LISTS}
        kept = {name: value for name, value in lists.items() if value or name in old}
        return old | typed | kept | {"unsure": given["unsure"]}

    def draft(self) -> ProcedureVersion | None:
        """The draft the action made; None when it refused, its words stand in the form then."""
        given = self.cleaned_data
        try:
            words = Words(given["name"], given["valid_from"], self.content(), given["name_en"])
            return draft_edition(
                procedure=self.version.procedure,
                province=given["province"],
                words=words,
                change_note=given["change_note"],
                by=self.officer,
            )
        except (ValidationError, DomainError) as refusal:
            _tell(self, refusal)
        return None


class EndingForm(forms.Form):
    """Until which day a document counts, and why not longer."""

    valid_to = forms.DateField(label=_("Có hiệu lực đến hết ngày"), widget=UnfoldAdminSingleDateWidget)
    reason = _text(_("Lý do, ghi vào nhật ký"), needed=True, lines=2)

    def __init__(self, *args: Any, officer: Any, document: Authorisation, **kwargs: Any) -> None:
        self.officer, self.document = officer, document
        super().__init__(*args, **kwargs)

    def end(self) -> bool:
        """True when the action ended it; its refusal stands in the form otherwise."""
        try:
            end_authorisation(document=self.document, by=self.officer, **self.cleaned_data)
        except (ValidationError, DomainError) as refusal:
            _tell(self, refusal)
        return not self.errors


def _tell(form: forms.Form, refusal: ValidationError | DomainError) -> None:
    """The action's words beside the fields they belong to."""
    if isinstance(refusal, DomainError):
        form.add_error(None, ValidationError(refusal.message, code=refusal.code))
        return
    for name, found in getattr(refusal, "error_dict", {"": refusal}).items():
        form.add_error(name if name in form.fields else None, found)
