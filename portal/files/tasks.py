"""Ids in, one action."""

from uuid import UUID

from celery import shared_task

from portal.common.actors import SystemActor
from portal.files.actions.check_file import check_due, check_file
from portal.files.actions.gate import CHECK_TASK
from portal.files.actions.remove_files import sweep_files

FILES = SystemActor("files")


@shared_task(name=CHECK_TASK)
def check_one_file(file_uid: str) -> None:
    check_file(file_uid=UUID(file_uid), by=FILES)


@shared_task(name="files.check_due")
def check_due_files() -> None:
    check_due(by=FILES)


@shared_task(name="files.sweep")
def sweep_old_files() -> None:
    sweep_files(by=FILES)
