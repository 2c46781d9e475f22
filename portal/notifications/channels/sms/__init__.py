"""SMS. settings.SMS_CHANNEL names the vendor."""
