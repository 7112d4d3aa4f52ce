"""The project's settings with a fourth unit: one line."""

from boardreport.settings import *
from boardreport.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.economic"]
