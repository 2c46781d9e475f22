"""Steps between a phone and a Zalo user, each for minutes; the link itself is notifications.ZaloLink."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.citizens.enums import ZaloReply
from portal.citizens.models.contacts import Contact
from portal.common.fields import EncryptedTextField, LookupHashField
from portal.common.models import Row
from portal.notifications.enums import LinkedBy
from portal.zalo.models import OfficialAccount, ZaloUser

LINK_CODE = "citizens.link_code"


class LinkCodeQuerySet(models.QuerySet):
    def usable(self, now: dt.datetime) -> Self:
        return self.filter(used_at__isnull=True, expires_at__gt=now)


class LinkCode(Row):
    """What a signed-in citizen sends to an account from his Zalo. Good once, for one account, ten minutes.

    Kept sealed beside its hash, as the page shows it again.
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="link_codes")
    account = models.ForeignKey(OfficialAccount, on_delete=models.CASCADE, related_name="+")
    code = EncryptedTextField(label="citizens.link_code.code")
    code_hash = LookupHashField(label=LINK_CODE, unique=True)
    expires_at = models.DateTimeField(_("hết hạn"))
    used_at = models.DateTimeField(_("đã dùng lúc"), null=True, blank=True)
    used_by = models.ForeignKey(ZaloUser, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    objects = LinkCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("mã liên kết Zalo")
        verbose_name_plural = _("mã liên kết Zalo")


class LinkInvitationQuerySet(models.QuerySet):
    def usable(self, now: dt.datetime) -> Self:
        return self.filter(used_at__isnull=True, expires_at__gt=now)


class LinkInvitation(Row):
    """An address sent to one Zalo user, where whoever opens it proves a phone by a one-time code.

    `phone` is what he shared with the account: a claim that fills in the form and proves nothing.
    """

    zalo_user = models.ForeignKey(ZaloUser, on_delete=models.CASCADE, related_name="+")
    phone = EncryptedTextField(label="citizens.link_invitation.phone", null=True, blank=True)
    how = models.CharField(max_length=12, choices=LinkedBy.choices)
    expires_at = models.DateTimeField(_("hết hạn"))
    used_at = models.DateTimeField(_("đã dùng lúc"), null=True, blank=True)

    objects = LinkInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("lời mời liên kết Zalo")
        verbose_name_plural = _("lời mời liên kết Zalo")


class ZaloAnswerQuerySet(models.QuerySet):
    def due(self, now: dt.datetime) -> Self:
        """Neither sent nor given up, still worth saying, and held by nobody."""
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        return self.filter(free, finished_at__isnull=True, next_at__lte=now, valid_until__gt=now)


class ZaloAnswer(Row):
    """What the portal owes somebody who wrote a word of this room to an account.

    `once_hash` names the event, so that one that is worked off twice is answered once. A worker that dies
    between Zalo's yes and the commit leaves a row that is said again: better twice than never.
    """

    zalo_user = models.ForeignKey(ZaloUser, on_delete=models.CASCADE, related_name="+")
    once_hash = LookupHashField(label="citizens.zalo_answer.once", unique=True)
    reply = models.CharField(max_length=12, choices=ZaloReply.choices)
    invitation = models.ForeignKey(
        LinkInvitation, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    next_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=40, blank=True)

    objects = ZaloAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("câu trả lời trên Zalo")
        verbose_name_plural = _("câu trả lời trên Zalo")
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(finished_at__isnull=True), name="citizens_zalo_answer_due"
            )
        ]
