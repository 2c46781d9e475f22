"""manage.py verify_audit: exit code 0 when the journal is intact, 1 and a list of faults when not."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.audit.heads import heads_folder
from portal.audit.verification import Fault, verify_journal

MEANING = {
    "entry_edited": "dòng nhật ký đã bị sửa sau khi niêm phong",
    "entry_deleted": "dòng nhật ký đã bị xóa sau khi niêm phong",
    "entry_never_sealed": "dòng nhật ký quá hạn mà chưa được niêm phong",
    "seal_missing": "thiếu niêm phong trong chuỗi",
    "seal_changed": "nội dung niêm phong bị đổi: thêm, bớt hoặc đảo thứ tự dòng",
    "chain_broken": "niêm phong không nối với niêm phong trước",
    "place_without_seal": "dòng nhật ký còn vị trí nhưng niêm phong của nó đã mất",
    "journal_truncated": "nhật ký bị cắt: niêm phong đã xuất ra tệp không còn",
    "chain_rewritten": "chuỗi bị viết lại: khác với bản đã xuất ra tệp",
    "head_damaged": "tệp xuất bị hỏng",
}


class Command(BaseCommand):
    help = "Kiểm tra nhật ký: sửa, xóa, đảo thứ tự, cắt bớt (so với các tệp đã xuất)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--heads", type=Path, help="Thư mục chứa các tệp đã xuất (mặc định theo cài đặt)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify_journal(folder=options["heads"] or heads_folder())
        self.stdout.write(
            f"{verdict.entries} dòng trong {verdict.seals} niêm phong, {verdict.waiting} dòng đang chờ, "
            f"{verdict.heads} lần xuất."
        )
        if verdict.faults:
            raise CommandError("\n".join(self._line(fault) for fault in verdict.faults))
        self.stdout.write(self.style.SUCCESS("Nhật ký nguyên vẹn."))

    @staticmethod
    def _line(fault: Fault) -> str:
        return f"{fault.kind} {fault.place}: {MEANING[fault.kind]}"
