"""Files on their way into the records, and the last visit of a person."""

import uuid

from django.conf import settings
from django.db import models


class LastVisit(models.Model):
    """When a signed-in reader last looked at all quarters: today's visit, and the one before it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    latest = models.DateTimeField()
    before = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user}, {self.latest:%Y-%m-%d}"


class Upload(models.Model):
    """A file to import, kept with what it would do until whoever sent it confirms, for an hour."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    data = models.BinaryField()
    report = models.BinaryField()
    uploaded_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.name
