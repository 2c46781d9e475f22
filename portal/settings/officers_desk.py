"""The officers' theme: titles and a menu by task, in the officers' words."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _item(title: str, icon: str, url_name: str, permission: str, **more: str) -> dict:
    return {
        **more,
        "title": title,
        "icon": icon,
        "link": reverse_lazy(url_name),
        "permission": lambda request: request.user.has_perm(permission),
    }


UNFOLD = {
    "SITE_TITLE": _("Bàn làm việc cán bộ"),
    "SITE_HEADER": _("Bàn làm việc cán bộ"),
    "SITE_SUBHEADER": _("Cổng dịch vụ công của công an"),
    "SITE_SYMBOL": "shield_person",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: "/static/img/emblem.svg"}
    ],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: "/static/css/desk.css"],
    "SCRIPTS": [lambda request: "/static/js/desk.js"],
    "COLORS": {
        "primary": {
            "50": "239 246 243",
            "100": "215 233 225",
            "200": "175 210 196",
            "300": "128 182 161",
            "400": "78 148 123",
            "500": "40 117 92",
            "600": "20 94 72",
            "700": "14 76 58",
            "800": "11 60 46",
            "900": "8 46 36",
            "950": "4 28 22",
        }
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "title": _("Lịch hẹn"),
                "items": [
                    _item(
                        _("Lịch hẹn"),
                        "event_available",
                        "admin:appointments_booking_changelist",
                        "appointments.view_booking",
                    ),
                    _item(
                        _("Tiếp dân hôm nay"),
                        "groups",
                        "desk:today",
                        "appointments.check_in_booking",
                    ),
                    _item(
                        _("Đặt lịch tại quầy"),
                        "person_add",
                        "counter:sessions",
                        "appointments.book_booking",
                    ),
                    _item(
                        _("Đợt tiếp nhận"),
                        "campaign",
                        "admin:appointments_campaign_changelist",
                        "appointments.view_campaign",
                    ),
                    _item(
                        _("Buổi làm việc"),
                        "calendar_month",
                        "admin:appointments_session_changelist",
                        "appointments.view_session",
                    ),
                    _item(
                        _("Người đặt hộ"),
                        "diversity_1",
                        "admin:appointments_helper_changelist",
                        "appointments.view_helper",
                    ),
                    _item(
                        _("Trả thẻ"),
                        "id_card",
                        "admin:appointments_card_changelist",
                        "appointments.view_card",
                    ),
                    _item(
                        _("Lịch hẹn đã lưu trữ"),
                        "inventory_2",
                        "admin:appointments_archivedbooking_changelist",
                        "appointments.view_session",
                    ),
                ],
            },
            {
                "title": _("Công dân, tổ chức"),
                "items": [
                    _item(
                        _("Tổ chức, doanh nghiệp"),
                        "domain",
                        "admin:citizens_organisation_changelist",
                        "citizens.view_organisation",
                    ),
                    _item(
                        _("Dữ liệu cá nhân"),
                        "shield_person",
                        "admin:citizens_person_changelist",
                        "citizens.view_person",
                    ),
                ],
            },
            {
                "title": _("Trò chuyện"),
                "items": [
                    _item(
                        _("Trò chuyện Zalo"),
                        "chat",
                        "admin:conversations_conversation_changelist",
                        "conversations.view_conversation",
                        badge="portal.conversations.queries.waiting_badge",
                        badge_variant="warning",
                    ),
                    _item(
                        _("Câu trả lời mẫu"),
                        "quickreply",
                        "admin:conversations_quickreply_changelist",
                        "conversations.view_quickreply",
                    ),
                    _item(
                        _("Ca trực trả lời"),
                        "schedule",
                        "admin:conversations_shift_changelist",
                        "conversations.view_shift",
                    ),
                ],
            },
            {
                "title": _("Tin nhắn"),
                "items": [
                    _item(
                        _("Tin đã gửi"),
                        "outbox",
                        "admin:notifications_outboxmessage_changelist",
                        "notifications.view_outboxmessage",
                    ),
                    _item(
                        _("Tin gửi nhiều người"),
                        "campaign",
                        "admin:notifications_massmessage_changelist",
                        "notifications.view_massmessage",
                    ),
                    _item(
                        _("Mẫu tin"),
                        "sms",
                        "admin:notifications_messagetemplate_changelist",
                        "notifications.view_messagetemplate",
                    ),
                    _item(
                        _("Sức khỏe các kênh"),
                        "monitor_heart",
                        "admin:notifications_providerstate_health",
                        "notifications.view_providerstate",
                    ),
                    _item(
                        _("Kết quả gửi tin"),
                        "bar_chart",
                        "admin:notifications_messagebudget_months",
                        "notifications.count_outboxmessage",
                    ),
                    _item(
                        _("Ngân sách tin nhắn"),
                        "payments",
                        "admin:notifications_messagebudget_changelist",
                        "notifications.view_messagebudget",
                    ),
                ],
            },
            {
                "title": _("Zalo"),
                "items": [
                    _item(
                        _("Zalo OA"),
                        "forum",
                        "admin:zalo_officialaccount_changelist",
                        "zalo.view_officialaccount",
                        # A dotted name: settings import no room. How many accounts want attention.
                        badge="portal.zalo.queries.attention_badge",
                        badge_variant="danger",
                    ),
                    _item(
                        _("Liên kết Zalo"),
                        "link",
                        "admin:notifications_zalolink_changelist",
                        "notifications.view_zalolink",
                    ),
                    _item(
                        _("Menu Zalo OA"),
                        "list_alt",
                        "admin:zalo_menuitem_changelist",
                        "zalo.view_menuitem",
                    ),
                    _item(
                        _("Sự kiện Zalo"),
                        "inbox",
                        "admin:zalo_webhookevent_changelist",
                        "zalo.view_webhookevent",
                    ),
                    _item(
                        _("Nhật ký cấp quyền Zalo"),
                        "key",
                        "admin:zalo_tokenentry_changelist",
                        "zalo.view_tokenentry",
                    ),
                ],
            },
            {
                "title": _("Cấu hình"),
                "items": [
                    _item(_("Đơn vị"), "account_balance", "admin:units_unit_changelist", "units.view_unit"),
                    _item(
                        _("Thôn, tổ dân phố"),
                        "holiday_village",
                        "admin:units_hamlet_changelist",
                        "units.view_hamlet",
                    ),
                    _item(
                        _("Giờ tiếp dân"),
                        "schedule",
                        "admin:units_openinghours_changelist",
                        "units.view_openinghours",
                    ),
                    _item(
                        _("Quầy"),
                        "countertops",
                        "admin:appointments_counter_changelist",
                        "appointments.view_counter",
                    ),
                    _item(
                        _("Quy tắc gọi số"),
                        "format_list_numbered",
                        "admin:appointments_deskrules_changelist",
                        "appointments.view_deskrules",
                    ),
                    _item(
                        _("Danh bạ"),
                        "contact_phone",
                        "admin:units_unitcontact_changelist",
                        "units.view_unitcontact",
                    ),
                    _item(
                        _("Ngày nghỉ, ngày bù"),
                        "event_busy",
                        "admin:units_calendarday_changelist",
                        "units.view_calendarday",
                    ),
                    _item(
                        _("Thủ tục"),
                        "description",
                        "admin:procedures_procedure_changelist",
                        "procedures.view_procedure",
                    ),
                    _item(
                        _("Các bản thủ tục, rà soát"),
                        "rule",
                        "admin:procedures_procedureversion_changelist",
                        "procedures.view_procedureversion",
                        badge="procedures.queries.review_badge",
                        badge_variant="danger",
                    ),
                    _item(
                        _("Cách nộp tại đơn vị"),
                        "move_to_inbox",
                        "admin:procedures_filingrule_changelist",
                        "procedures.view_filingrule",
                    ),
                    _item(
                        _("Văn bản cho phép tiếp nhận"),
                        "verified",
                        "admin:procedures_authorisation_changelist",
                        "procedures.view_authorisation",
                    ),
                    _item(
                        _("Ghi chú thủ tục"),
                        "edit_note",
                        "admin:procedures_procedurenote_changelist",
                        "procedures.view_procedurenote",
                    ),
                    _item(
                        _("Câu hỏi trên tờ khai"),
                        "contact_support",
                        "admin:procedures_declarationsettings_changelist",
                        "procedures.view_declarationsettings",
                    ),
                    _item(
                        _("Tệp đã nhận"),
                        "attach_file",
                        "admin:files_storedfile_changelist",
                        "files.view_storedfile",
                    ),
                    _item(_("Cán bộ"), "badge", "admin:officers_officer_changelist", "officers.view_officer"),
                    _item(
                        _("Phân công vai trò"),
                        "assignment_ind",
                        "admin:officers_roleassignment_changelist",
                        "officers.view_roleassignment",
                    ),
                    _item(
                        _("Nhật ký"), "history", "admin:audit_auditentry_changelist", "audit.view_auditentry"
                    ),
                ],
            },
        ],
    },
}
