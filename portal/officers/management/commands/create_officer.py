"""The first account of an installation: nobody is there yet who could create it on the desk."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal.common.actors import SystemActor
from portal.common.errors import DomainError
from portal.officers.actions.create_officer import create_officer
from portal.officers.actions.grant_role import grant_role
from portal.officers.roles import ROLES
from portal.units.models import Unit


class Command(BaseCommand):
    help = "Create an officer with roles in a unit and print the one-time password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--unit", required=True, help="slug of the unit")
        parser.add_argument("--role", action="append", default=[], choices=sorted(ROLES))

    def handle(self, *args: Any, **options: Any) -> None:
        by = SystemActor("create_officer")
        unit = Unit.objects.filter(slug=options["unit"]).first()
        if unit is None:
            raise CommandError(f"No unit has the slug {options['unit']!r}.")
        try:
            with transaction.atomic():
                officer, password = create_officer(username=options["username"], unit=unit, by=by)
                for role in options["role"]:
                    grant_role(officer=officer, role=role, unit=unit, by=by)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{officer.username}  {password}")
