"""Which kinds of notices a contact wants; what must be known still reaches him by a call."""

from collections.abc import Collection

from django.db import transaction

from portal.audit.record import record
from portal.citizens.models import Contact
from portal.citizens.queries import notice_purposes
from portal.notifications.actions.contact_points import set_opt_out
from portal.notifications.models import ContactPoint


@transaction.atomic
def choose_notices(*, contact: Contact, wanted: Collection[str]) -> list[str]:
    """Refuse every purpose that is not in `wanted`; returns the purposes whose answer changed."""
    point = ContactPoint.objects.select_for_update(no_key=True).get(pk=contact.contact_point_id)
    changed = []
    for purpose in notice_purposes():
        refused = purpose not in wanted
        if refused != (purpose in point.opt_outs):
            set_opt_out(contact_point=point, purpose=purpose, refused=refused, by=contact)
            changed.append(purpose)
    if changed:
        facts = {"refused": sorted(point.opt_outs)}
        record(action="contact.notices_chosen", by=contact, obj=contact, detail=facts)
    return changed
