"""The admin as a Django application, with one door."""

from django.contrib.admin.apps import AdminConfig


class EntryConfig(AdminConfig):
    """django.contrib.admin with the site of `admin_site`."""

    default_site = "boardreport.accounts.admin_site.EntrySite"
