"""The plan form as a browser sends it."""

import datetime as dt
import uuid

from portal.common.clock import local_today


def typed_plan(unit, id_card, *lines: dict[str, object], **changes: object) -> dict[str, object]:
    """The plan form as the browser sends it; `lines` change the usual line, `changes` the rest."""
    usual = {
        "uid": str(uuid.uuid4()),
        "unit": unit.pk,
        "procedure": id_card.pk,
        "name": "Cấp căn cước tại Tổ 5",
        "description": "",
        "numbering": "at_once",
        "minutes_per_person": "5",
        "intake_opens_at_0": "",
        "intake_opens_at_1": "",
        "intake_closes_at_0": "",
        "intake_closes_at_1": "",
        **typed_lines(*(lines or ({},))),
    }
    return usual | changes


def typed_lines(*lines: dict[str, object]) -> dict[str, object]:
    first = local_today() + dt.timedelta(days=7)
    usual = {
        "first_date": f"{first:%d/%m/%Y}",
        "last_date": f"{first + dt.timedelta(days=2):%d/%m/%Y}",
        "weekdays": ["0", "1", "2", "3", "4", "5", "6"],
        "place_name": "Nhà văn hóa",
        "place_address": "Số 25 đường Hoa Sữa",
        "spans": "7:30-9h",
        "slot_minutes": "30",
        "capacity": "5",
        "reserve": "1",
    }
    fields = {
        f"rounds-{number}-{name}": value
        for number, line in enumerate(lines)
        for name, value in (usual | line).items()
    }
    return {"rounds-TOTAL_FORMS": len(lines), "rounds-INITIAL_FORMS": 0, **fields}


def plan_errors(response) -> dict[str, list[str]]:
    """Codes by field, those of the lines with their number."""
    found = {
        name: [error.code for error in errors]
        for name, errors in response.context["form"].errors.as_data().items()
    }
    for number, line in enumerate(response.context["lines"] or ()):
        found |= {
            f"{number}-{name}": [error.code for error in errors]
            for name, errors in line.errors.as_data().items()
        }
    return found
