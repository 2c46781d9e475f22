"""Which provider carries the next message, and whether its account may make a call now.

All workers share one row per provider: its share of the traffic (health.py judges it from the attempts of the
last half minute) and its token bucket. Read before every call; judged and written every few seconds.
"""

import datetime as dt

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from portal.notifications.channels.errors import ChannelError, zalo_code
from portal.notifications.channels.lookup import ROADS, find_channel, providers_of
from portal.notifications.enums import MessageClass, Outcome
from portal.notifications.health import JUDGE_EVERY, PROBES, SLOW, WINDOW, Counts, Standing, judge, pick
from portal.notifications.limits import STAY_WITH_PROVIDER
from portal.notifications.models import DeliveryAttempt, OutboxMessage, ProviderState
from portal.zalo.errors import WAY

BURST_SECONDS = 1.0
# After these nobody knows whether the provider took the message.
_OPEN_END = ("timeout", "connection_lost", "answer_unreadable")
_LINE = ("connect_failed", "timeout", "connection_lost", "http_5xx", "answer_unreadable")
# The provider's own fault; what it refuses for a reason is no sign of illness.
ILL = (*_LINE, "speedsms_500", *(zalo_code(WAY, code) for code in _LINE))
_REST_AT_LEAST = 2.0


def judge_providers(now: dt.datetime) -> list[ProviderState]:
    """Judge every provider of this installation: one that rests would otherwise wait for the next message."""
    names = [name for road in ROADS.values() for name in road.providers()]
    for road in ROADS.values():
        standings(road.providers(), now)
    return list(ProviderState.objects.filter(provider__in=names))


class Chooser:
    """Chooses the providers of one batch (of one, or of many): standings are read once per channel."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self._standings: dict[str, dict[str, Standing]] = {}

    def choose(self, message: OutboxMessage) -> str:
        """The provider of this try. ChannelError when there is none, or all of them rest.

        A message whose last answer got lost stays with a provider that recognises it; a code, which somebody
        waits for and which may arrive twice without harm, does not wait.
        """
        names = providers_of(message.channel)
        is_code = message.message_class == MessageClass.CODE
        if message.attempts > 1 and not is_code and len(names) > 1:
            held = _holder(message, self._now)
            if held in names:
                return held
        states = self._of(message.channel, names)
        draw = (message.uid.int + 37 * message.attempts) % 100
        chosen = pick([(name, states[name].share) for name in names], draw)
        if chosen is None and is_code:
            return names[0]
        if chosen is None:
            raise ChannelError("provider_resting", retry_after=_rest_left(states[names[0]], self._now))
        return chosen

    def _of(self, channel: str, names: list[str]) -> dict[str, Standing]:
        if channel not in self._standings:
            self._standings[channel] = standings(names, self._now)
        return self._standings[channel]


def _rest_left(standing: Standing, now: dt.datetime) -> float:
    return max(_REST_AT_LEAST, standing.since + standing.rest - now.timestamp())


def _holder(message: OutboxMessage, now: dt.datetime) -> str:
    """Who may hold the message already; "" when nobody does, or he would not recognise it."""
    last = message.tries.filter(send_round=message.send_round, hop=message.hop).order_by("-number").first()
    if last is None or not last.provider or now - last.started_at > STAY_WITH_PROVIDER:
        return ""
    is_open = last.outcome == Outcome.STARTED or last.error_code in _OPEN_END
    knows = is_open and find_channel(message.channel, last.provider).dedupes
    return last.provider if knows else ""


def standings(names: list[str], now: dt.datetime) -> dict[str, Standing]:
    """The standing of each provider, judged anew where the last verdict is old."""
    states = {state.provider: state for state in ProviderState.objects.filter(provider__in=names)}
    for name in names:
        if name not in states:
            states[name] = _first_state(name, now)
    return {name: _judged(states[name], now, alone=len(names) == 1) for name in names}


def _first_state(name: str, now: dt.datetime) -> ProviderState:
    facts = {"since": now, "judged_at": now, "next_call_at": now}
    return ProviderState.objects.get_or_create(provider=name, defaults=facts)[0]


def _judged(state: ProviderState, now: dt.datetime, *, alone: bool) -> Standing:
    probing = alone and state.standing.is_returning
    if not probing and (now - state.judged_at).total_seconds() < JUDGE_EVERY:
        return state.standing
    mine = ProviderState.objects.filter(pk=state.pk, judged_at=state.judged_at).update(judged_at=now)
    if not mine:  # another worker judges at this moment
        return state.standing
    fresh = judge(state.standing, recent_counts(state.provider, now), now.timestamp(), alone=alone)
    if fresh != state.standing:
        ProviderState.objects.filter(pk=state.pk).update(
            share=fresh.share,
            since=dt.datetime.fromtimestamp(fresh.since, dt.UTC),
            rest_seconds=round(fresh.rest),
        )
    return fresh


def recent_counts(provider: str, now: dt.datetime) -> Counts:
    """Finished calls of the last half minute, in one statement."""
    since = max(now - dt.timedelta(seconds=WINDOW), _last_change(provider))
    rows = DeliveryAttempt.objects.filter(provider=provider, started_at__gt=since, finished_at__isnull=False)
    ill = Q(error_code__in=ILL)
    found = rows.aggregate(
        calls=Count("pk"),
        errors=Count("pk", filter=ill),
        slow=Count("pk", filter=Q(took_ms__gt=SLOW * 1000)),
    )
    return Counts(**found)


def _last_change(provider: str) -> dt.datetime:
    """Calls made before the last step say nothing about the time since."""
    return ProviderState.objects.values_list("since", flat=True).get(provider=provider)


def take_turns(provider: str, wanted: int, message_class: str) -> int:
    """How many of `wanted` calls the account may make now; codes always may. One token bucket per account.

    Compare and set, because two workers may ask at once; whoever keeps losing gets nothing this time.
    """
    rate = settings.PROVIDER_RATES.get(provider)
    if not rate or message_class == MessageClass.CODE:
        return wanted
    for _try in range(5):
        now = timezone.now()
        rows = ProviderState.objects.filter(provider=provider)
        due = rows.values_list("next_call_at", flat=True).first()
        if due is None:
            _first_state(provider, now)
            continue
        ahead = max(0.0, (due - now).total_seconds())
        granted = min(wanted, int(max(1.0, BURST_SECONDS * rate) - ahead * rate + 1e-6))
        if granted <= 0:
            return 0
        after = max(due, now) + dt.timedelta(seconds=granted / rate)
        if rows.filter(next_call_at=due).update(next_call_at=after):
            return granted
    return 0


def room(limit: int) -> int:
    """How many calls all accounts together may make now, at most `limit`; for batches.

    An account that rests has none: its messages wait where they are instead of being taken and put back.
    """
    now, total, nobody = timezone.now(), 0, True
    # Two of Zalo's roads lead to one host, which has its turns once.
    for names in {tuple(road.providers()) for road in ROADS.values()}:
        found = standings(list(names), now)
        probing = len(names) == 1 and found[names[0]].is_returning
        most = min(limit, PROBES) if probing else limit
        total += sum(min(most, _turns(name, limit, now)) for name in names if found[name].share)
        nobody = nobody and not names
    # Nobody configured: the messages are taken all the same, so that their rows say what is wrong.
    return limit if nobody else min(limit, total)


def _turns(provider: str, limit: int, now: dt.datetime) -> int:
    rate = settings.PROVIDER_RATES.get(provider)
    if not rate:
        return limit
    due = ProviderState.objects.values_list("next_call_at", flat=True).get(provider=provider)
    ahead = max(0.0, (due - now).total_seconds())
    return max(0, int(max(1.0, BURST_SECONDS * rate) - ahead * rate + 1e-6))


def turn_wait(provider: str, queued: int = 1) -> float:
    """Seconds after which `queued` more calls are worth asking for."""
    rate = settings.PROVIDER_RATES.get(provider) or 1000.0
    return max(0.2, queued / rate)
