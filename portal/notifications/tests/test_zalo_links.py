"""A phone and a Zalo user: one link per phone and account, whoever comes first, and what ends it."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from portal.audit.models import AuditEntry
from portal.notifications.actions.contact_points import ensure_contact_point, refuse_channel
from portal.notifications.actions.link_zalo_user import forget_links, link_zalo_user, unlink_zalo_user
from portal.notifications.models import ContactPoint, ZaloLink
from portal.notifications.tests.conftest import TESTER
from portal.zalo.models import OfficialAccount, ZaloUser
from portal.zalo.models.events import user_id_hash

OTHER_PHONE = "+84750123457"


@pytest.fixture
def account(unit) -> OfficialAccount:
    return OfficialAccount.objects.create(
        unit=unit, app_id="1000000000000000001", app_secret="secret-of-test", webhook_key="key-of-test"
    )


def make_user(account: OfficialAccount, number: int) -> ZaloUser:
    user_id = f"30000000000000000{number:02}"
    return ZaloUser.objects.create(account=account, user_id=user_id, user_id_hash=user_id_hash(user_id))


@pytest.fixture
def user(account) -> ZaloUser:
    return make_user(account, 1)


def link(point: ContactPoint, user: ZaloUser, how: str = "code") -> ZaloLink:
    return link_zalo_user(contact_point=point, zalo_user=user, how=how, by=TESTER)


def journal() -> list[tuple[str, str, dict]]:
    rows = AuditEntry.objects.filter(action__startswith="zalo_link").order_by("pk")
    return [(row.action, row.actor, row.detail) for row in rows]


def test_a_link_says_who_how_and_where(phone, user):
    made = link(phone, user, "shared_info")
    assert list(phone.zalo_links.active()) == [made]
    assert (made.zalo_user, made.account, made.how, made.ended_at) == (
        user,
        user.account,
        "shared_info",
        None,
    )
    assert journal() == [("zalo_link.made", "system:tester", {"how": "shared_info"})]


def test_the_same_link_again_is_the_standing_one(phone, user):
    assert link(phone, user) == link(phone, user, "signed_link")
    assert (ZaloLink.objects.count(), len(journal())) == (1, 1)


def test_another_user_of_the_account_takes_the_place_of_the_first(phone, user):
    first, second = link(phone, user), link(phone, make_user(user.account, 2))
    first.refresh_from_db()
    assert (first.ended_at is not None, second.ended_at) == (True, None)
    assert [action for action, _actor, _detail in journal()] == [
        "zalo_link.made",
        "zalo_link.ended",
        "zalo_link.made",
    ]


def test_one_user_stands_behind_the_phones_of_a_family(phone, user):
    other = ensure_contact_point(phone=OTHER_PHONE, by=TESTER)
    link(phone, user), link(other, user)
    assert user.contact_links.active().count() == 2
    assert unlink_zalo_user(contact_point=phone, zalo_user=user, by=TESTER) is True
    assert [one.contact_point for one in user.contact_links.active()] == [other]


def test_unlinking_what_is_not_linked_changes_nothing(phone, user):
    assert unlink_zalo_user(contact_point=phone, zalo_user=user, by=TESTER) is False
    link(phone, user)
    unlink_zalo_user(contact_point=phone, zalo_user=user, by=TESTER)
    assert unlink_zalo_user(contact_point=phone, zalo_user=user, by=TESTER) is False
    assert len(journal()) == 2


def test_linking_anew_lifts_what_the_user_refused_but_not_what_the_phone_did(phone, user):
    for channel in ("zalo_oa", "zalo_user", "zalo_phone"):
        refuse_channel(contact_point=phone, channel=channel, by=TESTER)
    link(phone, user)
    phone.refresh_from_db()
    assert phone.refused_channels == ["zalo_phone"]


def test_an_unknown_way_of_linking_is_refused(phone, user):
    with pytest.raises(ValueError, match="by_guess"):
        link(phone, user, "by_guess")
    assert ZaloLink.objects.count() == 0


def test_ended_links_go_after_ninety_days_and_standing_ones_never(phone, user):
    link(phone, user)
    unlink_zalo_user(contact_point=phone, zalo_user=user, by=TESTER)
    ended = timezone.now() - dt.timedelta(days=90, hours=1)
    ZaloLink.objects.update(linked_at=ended, ended_at=ended)
    standing = link(phone, user)
    ZaloLink.objects.filter(pk=standing.pk).update(linked_at=ended)
    assert forget_links(by=TESTER) == 1
    assert list(ZaloLink.objects.all()) == [standing]


@pytest.mark.postgres
@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_six_users_at_once_leave_one_standing(phone, account):
    """A phone in many hands at the same moment: each link is made, all but the last have ended."""
    users = [make_user(account, number) for number in range(6)]
    start, faults = threading.Barrier(len(users)), []

    def run(user: ZaloUser) -> None:
        try:
            start.wait()
            link(phone, user)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (faults, ZaloLink.objects.count(), ZaloLink.objects.active().count()) == ([], 6, 1)
