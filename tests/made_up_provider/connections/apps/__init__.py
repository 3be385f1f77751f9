"""What would be `connections/apps/`."""
