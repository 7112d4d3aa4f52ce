"""The application as tests serve it by gunicorn: as in service, but its files from their sources.

Passwords are those of the tests' database, which are hashed fast.
"""

import os

from boardreport.settings import *
from boardreport.settings import STORAGES

STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SESSION_RENEWED_EVERY = int(os.environ.get("SESSION_RENEWED_EVERY", "300"))
