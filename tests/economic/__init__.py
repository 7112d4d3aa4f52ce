"""A fourth reporting unit, which exists in tests alone: one folder, one line in INSTALLED_APPS."""
