"""What would be `providers/`."""
