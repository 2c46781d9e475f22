"""Allowed moves of a file."""

from django.utils.translation import gettext_lazy as _

from portal.common.workflow import Move, Workflow
from portal.files.enums import FileState
from portal.files.rules import can_judge, has_sent_all, is_system

_S = FileState
FILE_WORKFLOW = Workflow(
    [
        Move(_S.RECEIVING, _S.RECEIVED, "finish", _("Nhận xong"), has_sent_all),
        Move(_S.RECEIVING, _S.REFUSED, "refuse", _("Không nhận"), has_sent_all),
        Move(_S.RECEIVED, _S.CHECKING, "check", _("Bắt đầu kiểm tra"), is_system),
        Move(_S.CHECKING, _S.CHECKING, "check", _("Kiểm tra lại sau khi đứt quãng"), is_system),
        Move(_S.CHECKING, _S.CLEAN, "accept", _("Dùng được"), is_system),
        Move(_S.CHECKING, _S.REFUSED, "refuse", _("Không nhận"), is_system),
        Move(_S.CHECKING, _S.QUARANTINED, "hold", _("Cách ly"), is_system),
        Move(_S.QUARANTINED, _S.CHECKING, "recheck", _("Kiểm tra lại"), is_system),
        Move(_S.QUARANTINED, _S.RECEIVED, "recheck", _("Kiểm tra lại"), can_judge),
        Move(_S.QUARANTINED, _S.CLEAN, "release", _("Cho dùng"), can_judge, requires=("reason",)),
        Move(_S.QUARANTINED, _S.REFUSED, "refuse", _("Từ chối"), can_judge, requires=("reason",)),
    ]
)
