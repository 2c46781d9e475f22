"""An evening of a campaign: imaginary citizens who register through the real HTTP door."""
