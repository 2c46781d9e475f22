from portal.files.views.content import citizens_content, officers_content, officers_thumbnail
from portal.files.views.sending import send_files

__all__ = ("citizens_content", "officers_content", "officers_thumbnail", "send_files")
