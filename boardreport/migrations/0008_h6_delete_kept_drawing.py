"""Charts are set in the request: no drawing is kept but an edition's own."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("boardreport", "0007_export")]

    operations = [migrations.DeleteModel("KeptDrawing")]
