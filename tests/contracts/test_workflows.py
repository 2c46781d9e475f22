"""Tables of moves: every status can be reached, and what the table does not name is refused."""

import importlib

import pytest

from appointments.enums import (
    BookingStatus,
    CampaignStatus,
    CardStatus,
    InterestStatus,
    SessionStatus,
    TurnStatus,
    WaitingStatus,
)
from appointments.workflow import (
    BOOKING_WORKFLOW,
    CAMPAIGN_WORKFLOW,
    CARD_WORKFLOW,
    INTEREST_WORKFLOW,
    SESSION_WORKFLOW,
    TURN_WORKFLOW,
    WAITING_WORKFLOW,
)
from portal.citizens.enums import OrganisationStatus
from portal.citizens.workflow import ORGANISATION_WORKFLOW
from portal.common.errors import Conflict
from portal.common.workflow import Workflow
from portal.conversations.enums import ConversationState, SendState
from portal.conversations.workflow import CONVERSATION_WORKFLOW, SEND_WORKFLOW
from portal.files.enums import FileState
from portal.files.workflow import FILE_WORKFLOW
from portal.notifications.enums import CallState, MassState, State
from portal.notifications.workflow import CALL_WORKFLOW, MASS_WORKFLOW, MESSAGE_WORKFLOW
from portal.zalo.enums import AccountState, BroadcastState, EventState
from portal.zalo.workflow import ACCOUNT_WORKFLOW, BROADCAST_WORKFLOW, EVENT_WORKFLOW
from procedures.enums import DeclarationStatus, VersionStatus
from procedures.workflow import DECLARATION_WORKFLOW, VERSION_WORKFLOW
from tests.contracts.law import ROOT
from tests.people import BY

# name: (table, its statuses, where a new row begins)
TABLES = {
    "booking": (BOOKING_WORKFLOW, BookingStatus, BookingStatus.HELD),
    "campaign": (CAMPAIGN_WORKFLOW, CampaignStatus, CampaignStatus.DRAFT),
    "card": (CARD_WORKFLOW, CardStatus, CardStatus.IN_PRODUCTION),
    "session": (SESSION_WORKFLOW, SessionStatus, SessionStatus.PLANNED),
    "turn": (TURN_WORKFLOW, TurnStatus, TurnStatus.WAITING),
    "conversation": (CONVERSATION_WORKFLOW, ConversationState, ConversationState.CLOSED),
    "chat_message": (SEND_WORKFLOW, SendState, SendState.QUEUED),
    "call": (CALL_WORKFLOW, CallState, CallState.WAITING),
    "waiting": (WAITING_WORKFLOW, WaitingStatus, WaitingStatus.UNVERIFIED),
    "interest": (INTEREST_WORKFLOW, InterestStatus, InterestStatus.UNVERIFIED),
    "zalo_account": (ACCOUNT_WORKFLOW, AccountState, AccountState.NEEDS_CONSENT),
    "zalo_broadcast": (BROADCAST_WORKFLOW, BroadcastState, BroadcastState.WAITING),
    "zalo_event": (EVENT_WORKFLOW, EventState, EventState.WAITING),
    "mass_message": (MASS_WORKFLOW, MassState, MassState.DRAFT),
    "file": (FILE_WORKFLOW, FileState, FileState.RECEIVING),
    "message": (MESSAGE_WORKFLOW, State, State.QUEUED),
    "organisation": (ORGANISATION_WORKFLOW, OrganisationStatus, OrganisationStatus.ACTIVE),
    "version": (VERSION_WORKFLOW, VersionStatus, VersionStatus.DRAFT),
    "declaration": (DECLARATION_WORKFLOW, DeclarationStatus, DeclarationStatus.DRAFT),
}
EACH = pytest.mark.parametrize(("table", "statuses", "start"), TABLES.values(), ids=TABLES)


def workflow_modules() -> list[str]:
    found = [*ROOT.glob("*/workflow.py"), *ROOT.glob("portal/*/workflow.py")]
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted(found)]


def test_every_table_is_tested_here():
    modules = [importlib.import_module(name) for name in workflow_modules()]
    tables = {
        id(value) for module in modules for value in vars(module).values() if isinstance(value, Workflow)
    }
    assert tables == {id(table) for table, _statuses, _start in TABLES.values()}


@EACH
def test_every_status_can_be_reached(table, statuses, start):
    reached, found = set(), {start}
    while found:
        reached |= found
        found = {move.to for move in table.moves if move.frm in reached} - reached
    assert reached == set(statuses.values)


@EACH
def test_moves_outside_the_table_are_refused(table, statuses, start):
    allowed = {(move.frm, move.to) for move in table.moves}
    refused = set()
    for frm in statuses.values:
        for to in statuses.values:
            try:
                table.check(frm, to, by=BY, obj=None, reason="x") if (frm, to) not in allowed else None
            except Conflict as error:
                refused |= {(frm, to)} if error.code == "move_not_allowed" else set()
    every = {(frm, to) for frm in statuses.values for to in statuses.values}
    assert refused == every - allowed


@EACH
def test_no_move_is_there_twice(table, statuses, start):
    pairs = [(move.frm, move.to, move.verb) for move in table.moves]
    assert sorted(pairs) == sorted(set(pairs))
