from itertools import batched

from django.db import migrations

import units.records
from units.text import fold


def keep_keys(apps, schema_editor):
    """The folded key of every reference and URN; look-alikes stored so far differ by their primary key."""
    for model, name in (("Disruption", "reference"), ("OCG", "urn")):
        manager = apps.get_model("rocu", model)._base_manager
        seen = set()
        records = manager.order_by("pk").only("pk", name).iterator()
        for batch in batched(records, 1_000):
            for record in batch:
                key = fold(getattr(record, name))
                record.folded = f"{key} {record.pk}" if key in seen else key
                seen.add(key)
            manager.bulk_update(batch, ["folded"])


class Migration(migrations.Migration):

    dependencies = [
        ("rocu", "0003_historicalmeasuredefinition_measuredefinition"),
    ]

    operations = [
        migrations.AddField(
            model_name=model,
            name="folded",
            field=units.records.FoldedField(default="", of=name),
            preserve_default=False,
        )
        for model, name in (("disruption", "reference"), ("ocg", "urn"))
    ] + [
        migrations.AddField(
            model_name=model,
            name="folded",
            field=units.records.FoldedField(db_index=True, default="", of=name),
            preserve_default=False,
        )
        for model, name in (("historicaldisruption", "reference"), ("historicalocg", "urn"))
    ] + [
        migrations.RunPython(keep_keys, migrations.RunPython.noop),
    ] + [
        migrations.AlterField(
            model_name=model, name="folded", field=units.records.FoldedField(of=name, unique=True)
        )
        for model, name in (("disruption", "reference"), ("ocg", "urn"))
    ]
