"""What would be `connections/`."""
