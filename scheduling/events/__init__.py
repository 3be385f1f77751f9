"""Custom events, which people add on the calendar page: blocked time of their own, and interview days."""
