#!/usr/bin/env python3
"""Django's command line; run it with the project's own interpreter, .venv/bin/python."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boardreport.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db.utils import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OperationalError as error:
        remedy = (
            "Another process is writing: do it again."
            if "locked" in str(error)
            else "Check DATABASE_URL, and run migrate first."
        )
        sys.exit(f"The database can’t be used: {error}\n{remedy}")
