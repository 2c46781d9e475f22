"""Who left an account long ago is forgotten; followers, writers and linked people are not."""

import datetime as dt

import pytest
from django.utils import timezone

from portal.common.actors import SystemActor
from portal.notifications.actions.contact_points import ensure_contact_point
from portal.notifications.models import ZaloLink
from portal.zalo.actions import forget_users as module
from portal.zalo.actions.forget_users import forget_users
from portal.zalo.limits import USER_KEPT
from portal.zalo.models import ZaloUser
from portal.zalo.models.events import user_id_hash

CLOCK = SystemActor("tests")
NOW = timezone.now()
LONG_AGO, RECENTLY = NOW - USER_KEPT - dt.timedelta(days=1), NOW - USER_KEPT + dt.timedelta(days=1)


@pytest.fixture
def make_user(account):
    def make(name: str, *, followed=None, left=None, wrote=None, met=LONG_AGO) -> ZaloUser:
        user = ZaloUser.objects.create(
            account=account,
            user_id=name,
            user_id_hash=user_id_hash(name),
            followed_at=followed,
            unfollowed_at=left,
            last_interaction_at=wrote,
        )
        ZaloUser.objects.filter(pk=user.pk).update(created_at=met)
        return user

    return make


def test_only_who_neither_follows_nor_wrote_is_forgotten(make_user):
    early = LONG_AGO - dt.timedelta(days=9)
    gone = [make_user("left", followed=early, left=LONG_AGO), make_user("asked once", wrote=LONG_AGO)]
    make_user("follows", followed=LONG_AGO)
    make_user("follows again", followed=LONG_AGO, left=early)
    make_user("left lately", followed=early, left=RECENTLY)
    make_user("wrote lately", wrote=RECENTLY)
    make_user("new", met=RECENTLY)
    kept = set(ZaloUser.objects.values_list("pk", flat=True)) - {user.pk for user in gone}
    assert forget_users(by=CLOCK) == 2
    assert set(ZaloUser.objects.values_list("pk", flat=True)) == kept
    assert forget_users(by=CLOCK) == 0


def test_a_linked_user_is_kept(make_user, account):
    phone = ensure_contact_point(phone="+84750000031", by=CLOCK)
    user = make_user("linked", wrote=LONG_AGO)
    ZaloLink.objects.create(contact_point=phone, zalo_user=user, account=account, how="code")
    assert forget_users(by=CLOCK) == 0


def test_many_go_in_bounded_batches(make_user, monkeypatch):
    for number in range(5):
        make_user(f"u{number}", wrote=LONG_AGO)
    monkeypatch.setattr(module, "BATCH", 2)
    monkeypatch.setattr(module, "ROUNDS", 1)
    assert [forget_users(by=CLOCK) for _run in range(4)] == [2, 2, 1, 0]
