"""Units, phones and proofs for the tests of this room."""

from collections.abc import Callable
from itertools import count

import pytest

from portal.citizens.actions.codes import start_verification
from portal.citizens.models import OneTimeCode
from portal.citizens.one_time import code_of
from portal.citizens.work import solve
from portal.common.actors import ANONYMOUS_CITIZEN
from portal.common.errors import TooMany
from portal.units.enums import Edition, Level
from portal.units.models import Unit, UnitKind

ADDRESS = "198.51.100.7"


@pytest.fixture(autouse=True)
def small_work(settings) -> None:
    """Proofs of 64 hashes: the rules are the same, the tests are fast."""
    settings.WORK_BITS = 6
    settings.CODES_PER_PREFIX_PER_HOUR = 3
    settings.QUEUE_SECONDS = 20


def make_unit(budget: int) -> Unit:
    kind, _made = UnitKind.objects.get_or_create(
        code="phuong-mau", defaults={"name_vi": "Phường", "name_en": "Ward", "level": Level.COMMUNE}
    )
    return Unit.objects.create(
        kind=kind,
        edition=Edition.DEMO,
        name="Sông Mây",
        display_name="Phường Sông Mây",
        folded_name="song may",
        folded_path=" song may ",
        slug="phuong-song-may",
        is_open=True,
        is_demo=True,
        duty_phone="+842360000113",
        code_budget_per_hour=budget,
    )


@pytest.fixture
def unit(db) -> Unit:
    return make_unit(60)


@pytest.fixture
def new_phone() -> Callable[[], str]:
    """Another imaginary phone at each call."""
    numbers = count(1)
    return lambda: f"+8475{next(numbers):07d}"


@pytest.fixture
def ask(unit: Unit, new_phone: Callable[[], str]) -> Callable[..., OneTimeCode]:
    """`ask(phone=…, address=…, proof=…)` asks for a code for a booking."""

    def start(phone: str | None = None, address: str = ADDRESS, proof: dict | None = None, **options):
        values = {"purpose": "booking", "unit": unit, "by": ANONYMOUS_CITIZEN, **options}
        return start_verification(phone=phone or new_phone(), address=address, proof=proof, **values)

    return start


@pytest.fixture
def refusal_of(ask: Callable[..., OneTimeCode]) -> Callable[..., TooMany]:
    """The refusal `ask` with these values meets."""

    def refused(**values) -> TooMany:
        with pytest.raises(TooMany) as caught:
            ask(**values)
        return caught.value

    return refused


@pytest.fixture
def crowd(ask: Callable[..., OneTimeCode], settings) -> Callable[[], None]:
    """Uses up what the test address gets without proof."""

    def come() -> None:
        for _caller in range(settings.CODES_PER_PREFIX_PER_HOUR):
            ask()

    return come


def proof_of(refusal: TooMany) -> dict[str, str]:
    """The solved challenge of a `proof_required`."""
    answer = solve(refusal.extra["seed"], refusal.extra["bits"])
    return {"seed": refusal.extra["seed"], "signature": refusal.extra["signature"], "answer": answer}


def wrong_code(challenge: OneTimeCode) -> str:
    """Six digits that are not the challenge's."""
    return f"{(int(code_of(challenge.uid)) + 1) % 10**6:06d}"
