"""Reasons are officers' free text, so they are sealed. Plain ones of a trial installation are not carried over."""

from django.db import migrations
from django.utils.translation import gettext_lazy as _

import portal.common.fields


class Migration(migrations.Migration):
    dependencies = [("appointments", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="statusentry", name="reason"),
        migrations.AddField(
            model_name="statusentry",
            name="reason",
            field=portal.common.fields.EncryptedTextField(
                blank=True, label="appointments.status_entry.reason", null=True, verbose_name=_("lý do")
            ),
        ),
    ]
