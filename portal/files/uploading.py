"""Files of a plain form are sealed while they arrive: never whole in memory, never plain on a disk."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from portal.files.actions.receive_file import Incoming
from portal.files.cleaning.kinds import HEAD_BYTES, LARGEST
from portal.files.cleaning.sealed import SealedWriter, new_key
from portal.files.enums import BlobRole
from portal.files.models import Blob
from portal.files.storing import new_name, path_of, remove


class SealedUpload(UploadedFile):
    """What the form gets: no content, but the sealed file to hand to `take_whole`."""

    def __init__(self, incoming: Incoming, field: str) -> None:
        super().__init__(file=None, name="tep", size=incoming.blob.size)
        self.incoming, self.field_name = incoming, field


class SealedUploadHandler(FileUploadHandler):
    """One request's files. More than the largest kind may have is not read to its end."""

    chunk_size = 256 * 1024

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.names: list[str] = []

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, file_name, *args, **kwargs)
        self.blob = Blob(role=BlobRole.ORIGINAL, name=new_name(), key=new_key())
        self.names.append(self.blob.name)
        self.head = b""
        self.writer = SealedWriter(path_of(self.blob.name), key=self.blob.key, uid=self.blob.uid)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > LARGEST + 1:
            raise StopUpload(connection_reset=True)
        self.head = self.head or raw_data[:HEAD_BYTES]
        self.writer.write(raw_data)

    def file_complete(self, file_size: int) -> SealedUpload:
        self.writer.close()
        self.blob.size, self.blob.records = self.writer.size, self.writer.records
        self.blob.stored_size = self.writer.stored_size
        return SealedUpload(Incoming(self.file_name or "", self.head, self.blob), self.field_name or "")

    def upload_interrupted(self) -> None:
        for name in self.names:
            remove(name)
