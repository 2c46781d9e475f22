from portal.files.views.content import citizens_content, officers_content, officers_thumbnail

__all__ = ("citizens_content", "officers_content", "officers_thumbnail")
