"""The embedded database, which is read as well when the disk is full."""
