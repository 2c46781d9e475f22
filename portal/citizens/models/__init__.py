from portal.citizens.models.budget import CodeBudget, CodeQueue, SpentProof, WaitingRequest
from portal.citizens.models.codes import OneTimeCode
from portal.citizens.models.consents import Consent
from portal.citizens.models.contacts import Contact
from portal.citizens.models.hamlet_news import HamletFollower
from portal.citizens.models.organisations import Membership, Organisation
from portal.citizens.models.persons import ContactPerson, Person, PersonNameWord
from portal.citizens.models.sessions import CitizenSession, CitizenToken, PersonAccess
from portal.citizens.models.zalo import LinkCode, LinkInvitation, ZaloAnswer

__all__ = [
    "CitizenSession",
    "CitizenToken",
    "CodeBudget",
    "CodeQueue",
    "Consent",
    "Contact",
    "ContactPerson",
    "HamletFollower",
    "LinkCode",
    "LinkInvitation",
    "Membership",
    "OneTimeCode",
    "Organisation",
    "Person",
    "PersonAccess",
    "PersonNameWord",
    "SpentProof",
    "WaitingRequest",
    "ZaloAnswer",
]
