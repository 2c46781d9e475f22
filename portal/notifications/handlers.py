"""What this room answers when a lower room asks: what stays and moves when units merge, what is wrong now."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.notifications.actions.hand_over_calls import hand_over_calls
from portal.notifications.actions.record_zalo_receipt import record_zalo_receipt
from portal.notifications.audiences import Audience, Target, register_audience
from portal.notifications.channels.errors import error_rules
from portal.notifications.enums import ErrorKind
from portal.notifications.models import ContactPoint, MessageBudget, ProviderState, ZaloLink
from portal.notifications.queries import errors_met, with_month
from portal.officers.attention import Attention, register_attention
from portal.units.models import Unit
from portal.units.succession import register_stays, register_succession
from portal.zalo.events import RECEIVED, SEEN, register_event_handler
from portal.zalo.queries import account_for

# Errors that are repaired in a text or a budget; the others in the settings of a channel.
_OF_TEMPLATES = {"template_missing", "parameter_missing"}
_OF_ZALO_TEMPLATES = ("_-109", "_-117", "_-131", "_-145", "_-146")
_OF_BUDGETS = {"budget_spent"}


def register_handlers() -> None:
    register_stays("notifications.OutboxMessage", "Is on its way in the name of the unit that sent it.")
    register_stays(
        "notifications.MassMessage", "Was sent in the name of one unit; the successor's officers see it."
    )
    register_succession("notifications.CallTask", hand_over_calls)
    register_stays("notifications.DailyFigure", "Counts what one unit sent.")
    register_stays("notifications.MessageBudget", "Was granted to one unit.")
    register_stays("notifications.MessageTemplate", "Was approved for one unit.")
    register_event_handler((RECEIVED, SEEN), record_zalo_receipt)
    register_attention(message_attention)
    label = gettext_lazy("Người quan tâm Zalo OA đã liên kết số điện thoại")
    register_audience(Audience("notifications.zalo_linked", label, _units_with_account, _linked))
    label = gettext_lazy("Mọi người quan tâm Zalo OA (một bài viết, không tính phí)")
    register_audience(
        Audience("notifications.zalo_followers", label, _units_with_account, _nobody, by_article=True)
    )


def message_attention(officer: Any) -> Iterator[Attention]:
    """Providers that were left, errors only a person repairs, budgets that are spent."""
    yield from _providers_left(officer)
    yield from _errors_to_repair(officer)
    yield from _budgets_spent(officer)


def _page(name: str) -> str:
    return reverse(f"admin:notifications_{name}")


def _providers_left(officer: Any) -> Iterator[Attention]:
    for state in ProviderState.objects.visible_to(officer).filter(share=0):
        words = {"name": state.provider, "state": state.condition_text}
        yield Attention(
            _("Nhà cung cấp tin nhắn %(name)s: %(state)s.") % words, _page("providerstate_health")
        )


def _errors_to_repair(officer: Any) -> Iterator[Attention]:
    """Of the officer's own units, for who can do something about it."""
    units = officer.unit_ids("notifications.view_providerstate")
    rules = {code: rule for code, rule in error_rules().items() if rule.kind == ErrorKind.CONFIG}
    met = errors_met(rules, units, timezone.now()) if units else []
    for code in met:
        yield Attention(_("Tin đang lỗi: %(text)s") % {"text": rules[code].text}, _page(_place_of(code)))


def _place_of(code: str) -> str:
    if code in _OF_TEMPLATES or (code.startswith("zalo_") and code.endswith(_OF_ZALO_TEMPLATES)):
        return "messagetemplate_changelist"
    return "messagebudget_changelist" if code in _OF_BUDGETS else "providerstate_health"


def _budgets_spent(officer: Any) -> Iterator[Attention]:
    budgets = with_month(MessageBudget.objects.visible_to(officer), timezone.now())
    spent = budgets.filter(month_cost__gte=F("monthly_limit")).count()
    if spent:
        text = _("%(count)d đơn vị đã dùng hết ngân sách tin nhắn của tháng; tin hàng loạt đang dừng.")
        yield Attention(text % {"count": spent}, _page("messagebudget_changelist"))


def _units_with_account(unit_ids: Collection[int]) -> list[Target]:
    units = Unit.objects.filter(pk__in=unit_ids, is_open=True, zalo_account__isnull=False)
    return [Target(unit, "", str(unit)) for unit in units.order_by("folded_name")]


def _linked(unit: Unit, value: str) -> QuerySet[ContactPoint]:
    """Phones linked to a Zalo user of the account that speaks for the unit."""
    links = ZaloLink.objects.active().filter(account=account_for(unit))
    return ContactPoint.objects.filter(pk__in=links.values("contact_point"))


def _nobody(unit: Unit, value: str) -> QuerySet[ContactPoint]:
    """Followers are known to Zalo; most of them have no phone here."""
    return ContactPoint.objects.none()
