"""Real threads on PostgreSQL: chiefs who record or end documents at once leave one that counts."""

import datetime as dt
from collections import Counter

import pytest

from portal.common.clock import local_today
from procedures.actions.authorise import end_authorisation, record_authorisation
from procedures.models import Authorisation
from tests.faults.test_last_places import in_threads
from tests.people import BY

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.django_db(transaction=True)]
CHIEFS = 8


def test_documents_recorded_at_once_leave_one_open(ward, id_card) -> None:
    today = local_today()

    def authorise(number: int) -> str:
        return record_authorisation(
            unit=ward.parent,
            procedure=id_card,
            number=f"{number:02d}/QĐ",
            issued_on=today,
            issued_by="Công an tỉnh",
            valid_from=today,
            by=BY,
        ).number

    assert len(set(in_threads(authorise, CHIEFS, CHIEFS))) == CHIEFS
    ends = Counter(Authorisation.objects.values_list("valid_to", flat=True))
    assert ends == {today: CHIEFS - 1, None: 1}

    document = Authorisation.objects.get(valid_to=None)
    yesterday = today - dt.timedelta(days=1)
    Authorisation.objects.filter(pk=document.pk).update(valid_from=yesterday)

    def end(number: int) -> str:
        end_authorisation(document=document, valid_to=yesterday, reason="Hết thí điểm", by=BY)
        return "ended"

    assert Counter(in_threads(end, CHIEFS, CHIEFS)) == {"ended": 1, "authorisation_ended": CHIEFS - 1}
