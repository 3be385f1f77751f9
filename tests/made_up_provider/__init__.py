"""A provider that does not exist, in exactly the places that the README names for a new one."""
