"""The shared inbox: four lists, and one conversation with everything an officer may do about it.

Made for a phone, works without scripts. A script only looks every few seconds whether something is new.
"""

import hashlib
import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Max, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from portal.common.admin import ReadOnlyAdmin
from portal.common.errors import DomainError, field_errors
from portal.common.text import mask_name
from portal.conversations.actions.move_conversation import (
    close_conversation,
    hand_over,
    put_back,
    take_conversation,
)
from portal.conversations.actions.reply import reply, resend
from portal.conversations.enums import BROKEN
from portal.conversations.limits import PAGE
from portal.conversations.models import Conversation, QuickReply
from portal.conversations.queries import (
    TABS,
    colleagues,
    error_text,
    history,
    inbox_rows,
    on_shift,
    quick_replies,
    reply_window,
    tab_counts,
)
from portal.conversations.rules import can_answer, holds
from portal.conversations.targets import target_of, targets_for
from portal.conversations.validators import MAX_NOTE, MAX_REPLY
from portal.conversations.workflow import HELD
from portal.officers.models import Officer

_LABELS = {"chua-nhan": _("Mới"), "cua-toi": _("Của tôi"), "cho": _("Chờ"), "xong": _("Xong")}
_EMPTY = {
    "chua-nhan": _("Không có ai đang chờ được nhận trả lời."),
    "cua-toi": _("Chưa có cuộc trò chuyện nào đang được trả lời."),
    "cho": _("Không có cuộc trò chuyện nào đang chờ công dân."),
    "xong": _("Chưa có cuộc trò chuyện nào đã xong."),
}


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    """Opening a conversation is written into the journal; the lists show masked lines only."""

    audit_reads = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return rows.select_related("unit__parent", "account__unit", "zalo_user", "assignee")

    def get_urls(self) -> list[URLPattern]:
        doors = (
            ("reply", "tra-loi", self.reply_view),
            ("take", "nhan", self.take_view),
            ("hand_over", "chuyen", self.hand_over_view),
            ("put_back", "tra-lai", self.put_back_view),
            ("close", "xong", self.close_view),
            ("resend", "gui-lai", self.resend_view),
        )
        own = [
            self._door(f"<path:object_id>/{word}/", require_POST(view), name) for name, word, view in doors
        ]
        return [
            self._door("tinh-hinh/", require_GET(self.inbox_news), "inbox_news"),
            self._door("<path:object_id>/tinh-hinh/", require_GET(self.news), "news"),
            *own,
            *super().get_urls(),
        ]

    def _door(self, route: str, view: Any, name: str) -> URLPattern:
        return path(route, self.admin_site.admin_view(view), name=f"conversations_conversation_{name}")

    # ---- the lists

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        tab = _tab_of(request)
        held = request.user.unit_ids("conversations.view_conversation")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Trò chuyện Zalo"),
            "news_url": f"{self._page('inbox_news')}?{_place(request)}",
            "on_shift": on_shift(held, timezone.now()),
            "may_see_shifts": request.user.has_perm("conversations.view_shift"),
            "cl": _Listed(Conversation.objects.visible_to(request.user)),
            **self._inbox(request, tab),
        }
        return TemplateResponse(request, "conversations/inbox.html", context)

    def inbox_news(self, request: HttpRequest) -> HttpResponse:
        """{"stamp"}, and the list as HTML when it is not the one the browser has."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        stamp = _inbox_stamp(request.user)
        if request.GET.get("biet") == stamp:
            return JsonResponse({"stamp": stamp})
        html = render_to_string("conversations/inbox_list.html", self._inbox(request, _tab_of(request)))
        return JsonResponse({"stamp": stamp, "html": html})

    def _inbox(self, request: HttpRequest, tab: str) -> dict[str, Any]:
        counts = tab_counts(request.user)
        page = Paginator(inbox_rows(request.user, tab), PAGE).get_page(request.GET.get("trang"))
        now = timezone.now()
        return {
            "tab": tab,
            "tabs": [{"name": name, "label": _LABELS[name], "count": counts[name]} for name in TABS],
            "page": page,
            "rows": [
                {"talk": one, "name": _name_of(one), "window": one.zalo_user.window(now)} for one in page
            ],
            "empty": _EMPTY[tab],
            "me": request.user,
            "list_url": self._page("changelist"),
            "stamp": _inbox_stamp(request.user),
        }

    # ---- one conversation

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        conversation = self._find(request, object_id)
        self.record_read(request, conversation)
        return self._show(request, conversation)

    def news(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """{"stamp", "version"}, and the messages as HTML when the browser has others."""
        conversation = self._find(request, object_id)
        stamp = _stamp(conversation)
        told: dict[str, Any] = {"stamp": stamp, "version": conversation.version}
        if request.GET.get("biet") != stamp:
            context = self._talk(request, conversation)
            told["html"] = render_to_string("conversations/talk.html", context, request=request)
        return JsonResponse(told)

    def reply_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Sends the words, or puts ready ones into the box; what was typed is never lost."""
        conversation = self._find(request, object_id)
        typed = request.POST.get("text", "")
        if request.POST.get("mau"):
            return self._show(request, conversation, text=self._with_ready(conversation, typed, request))
        try:
            reply(
                conversation=conversation,
                text=typed,
                seen=_number(request.POST.get("seen")),
                request=_uuid(request.POST.get("form")),
                by=request.user,
            )
        except (ValidationError, DomainError) as refusal:
            return self._refused(request, conversation, refusal, text=typed)
        return self._back(conversation)

    def take_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        conversation = self._find(request, object_id)
        typed = request.POST.get("text", "")
        try:
            take_conversation(conversation=conversation, by=request.user)
        except DomainError as refusal:
            return self._refused(request, conversation, refusal, text=typed)
        if typed.strip():
            return self._show(request, self._find(request, object_id), text=typed)
        return self._back(conversation)

    def hand_over_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        conversation = self._find(request, object_id)
        note = request.POST.get("note", "")
        chosen = _number(request.POST.get("colleague"))
        colleague = next((one for one in colleagues(conversation, request.user) if one.pk == chosen), None)
        try:
            hand_over(conversation=conversation, colleague=colleague, note=note, by=request.user)
        except (ValidationError, DomainError) as refusal:
            return self._refused(request, conversation, refusal, note=note, chosen=chosen)
        messages.success(request, _("Đã chuyển cho đồng chí %(name)s.") % {"name": colleague})
        return HttpResponseRedirect(self._page("changelist"))

    def put_back_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        conversation = self._find(request, object_id)
        try:
            put_back(conversation=conversation, by=request.user)
        except DomainError as refusal:
            return self._refused(request, conversation, refusal)
        messages.success(request, _("Đã trả về hộp thư chung."))
        return HttpResponseRedirect(self._page("changelist"))

    def close_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        conversation, seen = self._find(request, object_id), _number(request.POST.get("seen"))
        try:
            close_conversation(conversation=conversation, seen=seen, by=request.user)
        except DomainError as refusal:
            return self._refused(request, conversation, refusal)
        messages.success(request, _("Đã đánh dấu xong. Công dân nhắn lại thì cuộc trò chuyện tự mở."))
        return HttpResponseRedirect(self._page("changelist"))

    def resend_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        conversation = self._find(request, object_id)
        message = conversation.messages.outgoing().filter(uid=_uuid(request.POST.get("message"))).first()
        if message is None:
            raise Http404
        try:
            resend(message=message, by=request.user)
        except DomainError as refusal:
            return self._refused(request, conversation, refusal)
        return self._back(conversation)

    # ---- what the pages are made of

    def _find(self, request: HttpRequest, object_id: str) -> Conversation:
        conversation = self.get_object(request, object_id)
        if conversation is None:
            raise Http404
        if not self.has_view_permission(request, conversation):
            raise PermissionDenied
        return conversation

    def _with_ready(self, conversation: Conversation, typed: str, request: HttpRequest) -> str:
        chosen = _number(request.POST.get("mau"))
        found: QuickReply | None = next(
            (one for one in quick_replies(conversation.unit) if one.pk == chosen), None
        )
        return "\n".join(part for part in (typed.strip(), found.text if found else "") if part)

    def _refused(
        self, request: HttpRequest, conversation: Conversation, refusal: Exception, **kept: Any
    ) -> HttpResponse:
        """The page as it is now, with the reason and everything that was typed."""
        if isinstance(refusal, DomainError):
            errors, status = [refusal.message], refusal.status
        else:
            assert isinstance(refusal, ValidationError)
            errors = [text for items in field_errors(refusal).values() for _code, text in items]
            status = 400
        fresh = self._find(request, str(conversation.pk))
        return self._show(request, fresh, errors=errors, status=status, **kept)

    def _show(
        self,
        request: HttpRequest,
        conversation: Conversation,
        *,
        text: str = "",
        note: str = "",
        chosen: int = 0,
        errors: list[str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        officer: Officer = request.user
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(conversation),
            "news_url": self._page("news", conversation.pk),
            "list_url": self._page("changelist"),
            "errors": errors or [],
            "text": text,
            "note": note,
            "chosen": chosen,
            "max_text": MAX_REPLY,
            "max_note": MAX_NOTE,
            "form_uid": uuid.uuid4(),
            "ready": quick_replies(conversation.unit),
            "colleagues": colleagues(conversation, officer),
            "targets": [
                {"label": one.label, "url": one.open_page(conversation)}
                for one in targets_for(officer, conversation)
            ],
            **self._talk(request, conversation),
            **{f"{door}_url": self._page(door, conversation.pk) for door in _DOORS},
        }
        return TemplateResponse(request, "conversations/conversation.html", context, status=status)

    def _talk(self, request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
        """Whose turn it is, and what was said: the part that is looked up again."""
        officer, is_held = request.user, conversation.state in HELD
        mine = holds(officer, conversation)
        items = history(conversation)
        for one in items:
            row = one.get("message")
            one["error"] = error_text(row) if row is not None and row.state in BROKEN else ""
        return {
            "talk": conversation,
            "items": items,
            "outcomes": [_shown(one, officer) for one in conversation.outcomes.select_related("officer")],
            "window": reply_window(conversation, timezone.now()),
            "stamp": _stamp(conversation),
            "may_answer": can_answer(officer, conversation),
            "mine": mine,
            "is_free": not is_held,
            "by_other": is_held and not mine,
            "resend_url": self._page("resend", conversation.pk),
        }

    def _back(self, conversation: Conversation) -> HttpResponse:
        return HttpResponseRedirect(self._page("change", conversation.pk) + "#tra-loi")

    def _page(self, page: str, *args: Any) -> str:
        name = f"admin:conversations_conversation_{page}"
        return reverse(name, args=args, current_app=self.admin_site.name)


_DOORS = ("reply", "take", "hand_over", "put_back", "close")


class _Listed:
    """What tests of every list ask of a page: the rows it may show."""

    def __init__(self, queryset: QuerySet) -> None:
        self.queryset = queryset


def _shown(outcome: Any, officer: Officer) -> dict[str, Any]:
    """What the conversation became; a room that is gone leaves its key."""
    target = target_of(outcome.target)
    words, url = target.show(outcome.about, officer) if target else (outcome.target, "")
    return {"words": words, "url": url, "officer": outcome.officer, "at": outcome.created_at}


def _name_of(conversation: Conversation) -> str:
    """What the list calls somebody: his masked name, or a mark that leads nowhere."""
    return mask_name(conversation.shared_name) if conversation.shared_name else str(conversation)


def _tab_of(request: HttpRequest) -> str:
    asked = request.GET.get("muc", "")
    return asked if asked in TABS else next(iter(TABS))


def _place(request: HttpRequest) -> str:
    """The list and its page, for looking again at the same ones."""
    return urlencode({"muc": _tab_of(request), "trang": _number(request.GET.get("trang")) or 1})


def _inbox_stamp(officer: Officer) -> str:
    rows = Conversation.objects.visible_to(officer)
    found = rows.aggregate(total=Sum("version"), newest=Max("last_at"))
    return f"{found['total'] or 0}-{found['newest'].timestamp():.0f}" if found["newest"] else "0"


def _stamp(conversation: Conversation) -> str:
    """Changes with every message, every change of hands and every step of a sending."""
    sent = conversation.messages.outgoing().order_by("pk").values_list("state", flat=True)
    digest = hashlib.sha256(",".join(sent).encode()).hexdigest()[:8]
    return f"{conversation.version}-{digest}"


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _uuid(text: str | None) -> uuid.UUID:
    """A form without its number is a form nobody sent before."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return uuid.uuid4()
