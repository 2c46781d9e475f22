from portal.files.models.files import Blob, FileEntry, StoredFile

__all__ = ["Blob", "FileEntry", "StoredFile"]
