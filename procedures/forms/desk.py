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
from procedures.actions.set_filing_mode import record_authorisation, set_filing_mode
from procedures.actions.write_edition import Words, draft_edition
from procedures.actions.write_note import write_note
from procedures.content import Content, Item
from procedures.enums import Fact
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


class EditionForm(forms.Form):
    """The next version of a procedure for a province, beginning with what `version` says."""

    LISTS = ("papers", "steps", "fees")
    TEXTS = ("summary", "who", "where", "result", "legal_basis", "form_codes", "official_link")

    province = forms.ModelChoiceField(Unit.objects.none(), label=_("Bản của"), widget=UnfoldAdminSelectWidget)
    change_note = _text(_("Lý do thay đổi: văn bản nào, từ ngày nào"), needed=True, lines=1)
    valid_from = forms.DateField(label=_("Có hiệu lực từ"), widget=UnfoldAdminSingleDateWidget)
    name = _text(_("Tên thủ tục"), needed=True, lines=1)
    name_en = _text(_("Tên tiếng Anh"), lines=1)
    summary = _text(_("Tóm tắt"))
    who = _text(_("Ai làm"))
    where = _text(_("Làm ở đâu"))
    papers = _text(
        _("Giấy tờ cần mang"),
        help_text=_("Mỗi dòng một giấy tờ. Dòng giữ nguyên chữ thì giữ nguyên điều kiện và bản tiếng Anh."),
        lines=8,
    )
    fees = _text(
        _("Lệ phí"), help_text=_("Mỗi dòng: tên khoản | số tiền. Ví dụ: Nộp trực tuyến | 7000"), lines=5
    )
    steps = _text(_("Các bước"), help_text=_("Mỗi dòng một bước."), lines=6)
    result = _text(_("Kết quả"), lines=2)
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
        now |= {name: "\n".join(_shown(item) for item in content.get(name, [])) for name in self.LISTS}
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
        lists = {name: _items(given[name], old.get(name, []), name) for name in self.LISTS}
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
        except ValidationError as error:
            for name, found in getattr(error, "error_dict", {"": error}).items():
                self.add_error(name if name in self.fields else None, found)
        except DomainError as refusal:
            self.add_error(None, ValidationError(refusal.message, code=refusal.code))
        return None


def _shown(item: Item) -> str:
    """One line: a text, or `label | amount`; lines that begin alike are told apart by nothing else."""
    if "label" in item:
        return f"{item['label']} | {item.get('amount', '')}"
    return item["text"]


def _items(text: str, old: list[Item], part: str) -> list[Item]:
    """The items of the lines: one that stands there as before keeps what the form does not show."""
    known = {_shown(item): item for item in old}
    labels = {item["label"]: item for item in old if "label" in item}
    found = []
    for line in (line.strip() for line in text.splitlines()):
        if line:
            found.append(known.get(line) or _new_item(line, labels, part))
    return found


def _new_item(line: str, labels: dict[str, Item], part: str) -> Item:
    if part != "fees":
        return {"text": line, "form": "original"} if part == "papers" else {"text": line}
    label, _bar, amount = (piece.strip() for piece in line.partition("|"))
    digits = amount.replace(".", "")
    # What is no number stays text: the action's check refuses it by its code.
    return labels.get(label, {}) | {"label": label, "amount": int(digits) if digits.isdecimal() else amount}
