"""Acme, which makes meetings, keeps calendars and sends mail."""
