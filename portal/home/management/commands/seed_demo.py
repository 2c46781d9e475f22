"""Demo data: fictitious units, officers and campaigns. Refuses to run in production."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from appointments.actions.extend_office import create_office, extend_offices
from appointments.actions.open_campaign import create_campaign, move_campaign
from appointments.enums import CampaignKind, CampaignStatus
from appointments.models import Campaign
from appointments.timetable import OfficeSettings, Plan, Round
from portal.citizens.actions.contacts import ensure_contact
from portal.citizens.actions.hamlet_news import choose_hamlets
from portal.common.actors import SystemActor
from portal.common.clock import local_today
from portal.notifications.actions.move_mass import move_mass
from portal.notifications.actions.record_receipt import record_receipt
from portal.notifications.actions.templates import sync_all_defaults
from portal.notifications.actions.tend_mass import tend_mass
from portal.notifications.actions.write_mass import Draft, write_mass
from portal.notifications.enums import MassState, Receipt
from portal.notifications.models import MassMessage
from portal.officers.actions.create_officer import create_officer
from portal.officers.actions.grant_role import grant_role
from portal.officers.actions.reset_password import reset_password
from portal.officers.models import Officer
from portal.units.actions.load_demo_units import load_demo_units
from portal.units.actions.load_official_days import load_official_days
from portal.units.models import Hamlet, Unit
from portal.zalo.actions.load_demo_account import load_demo_account
from procedures.actions.load_catalogue import load_catalogue
from procedures.queries import ID_CARD, procedure_by_key

BY = SystemActor("seed_demo")
# user name, unit, roles; nobody here exists
OFFICERS = (
    ("canbo", "Phường Hải Vân Đông", ("id_desk", "unit_chief")),
    ("trucban", "Phường Hải Vân Đông", ("duty_officer",)),
    ("dongnghiep", "Phường Bến Đông Hạ", ("id_desk",)),
    ("tinh", "Tỉnh Sơn Hải", ("province_viewer", "inspectorate")),
    ("quantri", "Tỉnh Sơn Hải", ("it_admin",)),
    ("bientap", "Tỉnh Sơn Hải", ("editor", "reviewer")),
)
MAIN_OFFICER = "canbo"
CAMPAIGN = "Cấp căn cước lưu động"
DEMO_FOLLOWERS = 6
OFFICE = "Tiếp nhận căn cước tại trụ sở"


class Command(BaseCommand):
    help = "Nạp dữ liệu trình diễn (đơn vị, cán bộ, đợt tiếp nhận đều hư cấu). Chạy lại không tạo trùng."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PORTAL_MODE == "production":
            raise CommandError("Dữ liệu trình diễn không nạp được vào hệ thống thật.")
        units = load_demo_units(by=BY)
        load_official_days(years=(local_today().year, local_today().year + 1))
        load_catalogue(by=BY)
        sync_all_defaults(by=BY)
        password = self.add_officers(units)
        ward = units["Phường Hải Vân Đông"]
        load_demo_account(unit=ward, by=BY)
        self.add_campaign(ward, CAMPAIGN, place="Nhà văn hóa phường", capacity=12)
        self.add_mass_messages(ward)
        self.add_office(units["Xã Đồng Lúa"], place="Trụ sở công an xã")
        self.stdout.write(f"{MAIN_OFFICER} {password}" if password else MAIN_OFFICER)

    def add_officers(self, units: dict[str, Unit]) -> str:
        """Create who is missing; the main officer's one-time password, new while nobody has used it."""
        password = ""
        for username, unit_name, roles in OFFICERS:
            officer = Officer.objects.filter(username=username).first()
            if officer is None:
                with transaction.atomic():
                    officer, secret = create_officer(username=username, unit=units[unit_name], by=BY)
                    for role in roles:
                        grant_role(officer=officer, role=role, unit=units[unit_name], by=BY)
            elif username == MAIN_OFFICER and officer.must_change_password:
                secret = reset_password(officer=officer, by=BY)
            else:
                continue
            password = secret if username == MAIN_OFFICER else password
        return password

    def add_campaign(self, unit: Unit, name: str, *, place: str, capacity: int) -> None:
        """An open campaign over the next two weeks, unless one with days ahead is there already."""
        today = local_today()
        if Campaign.objects.filter(unit=unit, name=name, sessions__date__gt=today).exists():
            return
        line = Round(
            first_date=today + dt.timedelta(days=1),
            last_date=today + dt.timedelta(days=14),
            weekdays=(0, 1, 2, 3, 4, 5),
            place_name=place,
            place_address=unit.address,
            spans=((450, 690),),
            slot_minutes=30,
            capacity=capacity,
            reserve=1,
        )
        plan = Plan(
            name=name, description="Chụp ảnh, thu vân tay, mống mắt và thu lệ phí tại chỗ.", rounds=(line,)
        )
        campaign = create_campaign(unit=unit, procedure=procedure_by_key(ID_CARD), plan=plan, by=BY)
        move_campaign(campaign=campaign, to=CampaignStatus.OPEN, by=BY)

    def add_mass_messages(self, unit: Unit) -> None:
        """One to those who asked for a hamlet's news, sent and received, and one that is being written."""
        if MassMessage.objects.filter(unit=unit).exists():
            return
        hamlet = Hamlet.objects.filter(unit=unit).order_by("folded_name")[0]
        for number in range(DEMO_FOLLOWERS):
            contact = ensure_contact(phone=f"0759{number:06d}", by=BY)
            choose_hamlets(contact=contact, unit=unit, hamlet_uids=[str(hamlet.uid)], channel="web", by=BY)
        whom = {"unit": unit, "audience": "citizens.hamlet", "target": str(hamlet.uid)}
        words = "Nhà văn hóa phường làm căn cước lưu động từ ngày mai. Xin đặt lịch trước để không phải chờ."
        mass = write_mass(draft=Draft(title="Làm căn cước lưu động", text=words, **whom), by=BY)
        for to in (MassState.CHECKED, MassState.QUEUED):
            move_mass(obj=mass, to=to, by=BY)
        tend_mass(mass_uid=mass.uid, by=BY)
        for uid in mass.rows().values_list("uid", flat=True):
            record_receipt(message_uid=uid, receipt=Receipt.DELIVERED, provider_ref="", cost=None, by=BY)
        tend_mass(mass_uid=mass.uid, by=BY)
        words = "Chiều thứ năm tuần sau phường diễn tập phòng cháy tại khu chợ, xe qua lại xin đi chậm."
        write_mass(draft=Draft(title="Diễn tập phòng cháy", text=words, **whom), by=BY)

    def add_office(self, unit: Unit, *, place: str) -> None:
        """An open office calendar, unless there is one: then only its new days."""
        if Campaign.objects.filter(unit=unit, kind=CampaignKind.OFFICE).exists():
            extend_offices(by=BY)
            return
        campaign = create_office(
            unit=unit,
            procedure=procedure_by_key(ID_CARD),
            name=OFFICE,
            description="Làm tại trụ sở trong giờ tiếp dân.",
            place=(place, unit.address),
            settings=OfficeSettings(
                days_ahead=30, counters=1, minutes_per_person=6, slot_minutes=30, reserve=1
            ),
            by=BY,
        )
        move_campaign(campaign=campaign, to=CampaignStatus.OPEN, by=BY)
