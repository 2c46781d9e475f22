"""The page that shows every component in every state; development and tests only."""

import datetime as dt
import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from portal.common.layout import (
    CodeInput,
    LocalDateField,
    PhoneInput,
    PortalForm,
    Tile,
    TileRadios,
    TrackingCodeInput,
)

SHOWN_IN = {"development", "test"}
VISIT_DAY = dt.date(2026, 12, 8)
SLOTS = [
    (
        "Thứ Ba, 08/12/2026",
        [
            ("1", Tile("07:30–08:00", note="hết chỗ", full=True)),
            ("2", Tile("08:00–08:30", note="còn 1 chỗ")),
            ("3", Tile("08:30–09:00", note="còn 12 chỗ")),
        ],
    ),
    (
        "Thứ Tư, 09/12/2026",
        [("4", Tile("07:30–08:00", note="còn 20 chỗ")), ("5", Tile("08:00–08:30", note="còn 18 chỗ"))],
    ),
]
REQUESTS = [("new", "Cấp lần đầu"), ("change", "Cấp đổi thẻ"), ("again", "Cấp lại thẻ bị mất")]
HAMLETS = [
    ("", "Chọn thôn, tổ dân phố"),
    ("1", "Thôn Đồng Mây"),
    ("2", "Thôn Bến Lúa"),
    ("3", "Tổ dân phố số 4"),
]


class SampleForm(PortalForm):
    """One field of each kind."""

    full_name = forms.CharField(
        label="Họ, chữ đệm và tên",
        help_text="Viết đúng như trong giấy khai sinh, có dấu.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label="Số điện thoại di động", help_text="Mã xác nhận được gửi đến số này.", widget=PhoneInput
    )
    birth_date = LocalDateField(label="Ngày sinh", help_text="Ví dụ: 24/05/1990 hoặc 24051990.")
    hamlet = forms.ChoiceField(label="Thôn, tổ dân phố", choices=HAMLETS, required=False)
    request = forms.ChoiceField(label="Ông/Bà cần làm gì?", choices=REQUESTS, widget=forms.RadioSelect)
    slot = forms.ChoiceField(
        label="Chọn giờ đến", help_text="Mỗi khung giờ dài 30 phút.", choices=SLOTS, widget=TileRadios
    )
    needs = forms.MultipleChoiceField(
        label="Cần giúp đỡ thêm",
        choices=[("wheelchair", "Đi xe lăn"), ("home", "Người già yếu, cần làm tại nhà")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="Ghi chú", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    unit_code = forms.CharField(label="Đơn vị tiếp nhận", initial="Công an xã Suối Mơ", disabled=True)
    code = forms.CharField(label="Mã xác nhận", help_text="Gồm 6 chữ số.", widget=CodeInput)
    tracking = forms.CharField(label="Mã tờ khai", widget=TrackingCodeInput, required=False)
    consent = forms.BooleanField(
        label="Tôi đồng ý để đơn vị dùng thông tin trên cho lịch hẹn này.",
        help_text="Ông/Bà có thể rút lại sự đồng ý bất cứ lúc nào.",
    )

    def clean_slot(self) -> str:
        if self.cleaned_data["slot"] == "1":
            raise forms.ValidationError("Khung giờ 07:30–08:00 vừa hết chỗ. Ông/Bà vui lòng chọn giờ khác.")
        return self.cleaned_data["slot"]


BAD_ANSWERS = {
    "sai-full_name": "Nguyễn Thị Hường",
    "sai-birth_date": "31/02/1990",
    "sai-slot": "1",
    "sai-note": "Mẹ tôi 82 tuổi, xin được xếp buổi sáng.",
}
SAMPLE_ROWS = [
    ["12", "08:00–08:30", "Cấp đổi thẻ", "Đã xác nhận"],
    ["13", "08:00–08:30", "Cấp lần đầu", "Chờ nhập mã"],
    ["14", "08:30–09:00", "Cấp lại thẻ bị mất", "Đã hủy"],
]
TICKET: dict[str, Any] = {
    "number": 27,
    "title": "Cấp căn cước lưu động tại thôn Đồng Mây",
    "unit_name": "Công an xã Suối Mơ",
    "date": VISIT_DAY,
    "minutes": 510,
    "minutes_to": 540,
    "place": "Nhà văn hóa thôn Đồng Mây",
    "address": "Đường liên thôn 3, xã Suối Mơ",
    "person": "Nguyễn Thị Hường",
    "code": "ABCDEFGHJKMN",
    "qr_text": "https://congan.example/tra-cuu/ABCDEFGHJKMN",
    "fee": 50000,
    "fee_note": "(nộp tại bàn tiếp nhận)",
    "bring": [
        "Thẻ căn cước hoặc CCCD đang dùng",
        "Giấy khai sinh (đối với trẻ em)",
        "Người đại diện của trẻ dưới 14 tuổi",
    ],
}


def _days() -> list[dict[str, Any]]:
    notes = ["còn 34 chỗ", "còn 2 chỗ", "hết chỗ", "còn 60 chỗ"]
    return [
        {
            "date": VISIT_DAY + dt.timedelta(days=offset),
            "url": "#",
            "note": note,
            "current": offset == 0,
            "full": offset == 2,
        }
        for offset, note in enumerate(notes)
    ]


def _samples() -> dict[str, Any]:
    """Everything the page shows, all fictitious."""
    return {
        "unit": {"police_name": "Công an xã Suối Mơ"},
        "nav_links": [
            {"label": "Trang đầu", "url": "#", "current": False},
            {"label": "Đặt lịch", "url": "#", "current": True},
            {"label": "Tra cứu", "url": "#", "current": False},
            {"label": "Liên hệ", "url": "#", "current": False},
        ],
        "other_language": {"url": "#", "label": "English", "code": "en"},
        "steps": ["Khai thông tin", "Chọn giờ", "Xác nhận", "Nhận số"],
        "statuses": [
            ("neutral", "Đã hủy"),
            ("info", "Chờ nhập mã"),
            ("success", "Đã xác nhận"),
            ("warning", "Chờ xếp lịch"),
            ("danger", "Không đến"),
        ],
        "answers": [
            {"label": "Họ, chữ đệm và tên", "value": "Nguyễn Thị Hường", "change_url": "#"},
            {"label": "Ngày sinh", "value": "24/05/1990", "change_url": "#"},
            {
                "label": "Nơi ở hiện tại",
                "value": "Số 5, ngõ 12\nThôn Đồng Mây, xã Suối Mơ",
                "change_url": "#",
            },
            {"label": "Nghề nghiệp", "value": "", "change_url": "#"},
        ],
        "contacts": [
            {
                "name": "Trực ban",
                "role": "Công an xã Suối Mơ",
                "phone": "+84750123456",
                "hours": "Cả ngày đêm",
            },
            {
                "name": "Đại úy Trần Văn Lượng",
                "role": "Cảnh sát khu vực thôn Đồng Mây",
                "phone": "+84750654321",
                "address": "Trụ sở Công an xã, phòng 3",
                "note": "Gọi giờ hành chính; việc gấp xin gọi trực ban.",
            },
        ],
        "days": _days(),
        "columns": ["Số", "Giờ", "Việc", "Tình trạng"],
        "rows": SAMPLE_ROWS,
        "ticket": TICKET,
        "decomposed": unicodedata.normalize("NFD", "Nguyễn Thị Hường"),
    }


def components_page(request: HttpRequest) -> HttpResponse:
    """Answer the page; 404 unless PORTAL_MODE is development or test."""
    if settings.PORTAL_MODE not in SHOWN_IN:
        raise Http404
    context = _samples()
    context["empty_form"] = SampleForm(initial={"request": "change", "slot": "3", "needs": ["home"]})
    context["wrong_form"] = SampleForm(BAD_ANSWERS, prefix="sai")
    return render(request, "components_page.html", context)
