"""Shape only."""

from rest_framework import serializers

from portal.common.api.serializers import StrictSerializer
from portal.files.enums import FileState
from portal.files.limits import CHUNK_LEAST, CHUNK_MOST


class FileBegin(StrictSerializer):
    """What is sent, and what it belongs to."""

    owner = serializers.CharField(
        max_length=40, help_text="what it belongs to, for example procedures.dossier"
    )
    owner_uid = serializers.UUIDField()
    name = serializers.CharField(max_length=500, trim_whitespace=False)
    size = serializers.IntegerField(help_text="bytes")


class FileAnswer(serializers.Serializer):
    """`offset` is how many bytes have arrived; `code` and `message` say why a file was refused or is held."""

    uid = serializers.UUIDField()
    state = serializers.ChoiceField(choices=FileState.choices)
    offset = serializers.IntegerField(source="received")
    size = serializers.IntegerField()
    kind = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField(source="explanation")


class FileBegun(FileAnswer):
    """`upload_key` is shown once; send it as Upload-Key."""

    upload_key = serializers.CharField()
    chunk_least = serializers.IntegerField(default=CHUNK_LEAST)
    chunk_most = serializers.IntegerField(default=CHUNK_MOST)
    expires_at = serializers.DateTimeField(source="kept_until")
