"""An Official Account for demonstrations, connected to the imitated Zalo of this machine."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.common.actors import Actor
from portal.units.models import Unit
from portal.zalo.actions.tokens import move_account, store_pair
from portal.zalo.client.oauth import TokenPair
from portal.zalo.demo import DEMO_ACCESS, DEMO_OA, DEMO_REFRESH, DEMO_WEBHOOK
from portal.zalo.enums import AccountState
from portal.zalo.models import OfficialAccount, TokenVault

SECONDS = 90_000  # what Zalo gives a pair


@transaction.atomic
def load_demo_account(*, unit: Unit, by: Actor) -> OfficialAccount | None:
    """The unit's demo account, made once; None where Zalo is not the imitated one of this machine.

    Its first token pair is the one the imitated Zalo starts with; it is refreshed like any other.
    """
    if not settings.LOCAL_PROVIDER_URL or settings.ZALO_OA_URL != settings.LOCAL_PROVIDER_URL:
        return None
    standing = OfficialAccount.objects.filter(unit=unit).first()
    if standing is not None:
        return standing
    account = OfficialAccount.objects.create(unit=unit, webhook_token=DEMO_WEBHOOK, **DEMO_OA)
    now = timezone.now()
    vault = TokenVault(account=account, generation=0, access_expires_at=now, granted_at=now)
    vault.access_token, vault.refresh_token = "", ""
    store_pair(vault=vault, pair=TokenPair(DEMO_ACCESS, DEMO_REFRESH, SECONDS), granted=True, by=by)
    return move_account(account=account, to=AccountState.CONNECTED, by=by)
