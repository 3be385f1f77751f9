"""Backups: everything that an installation has in one encrypted file, and an installation from such a file.

A backup is a tar archive, compressed with gzip and encrypted in the age format (https://age-encryption.org),
so that it can be read without the product, too: `age --decrypt -i KEY FILE | tar -tz`. It holds rows as text
that is independent of any database: a backup made on SQLite can be restored on PostgreSQL, and the other way
around.
"""
