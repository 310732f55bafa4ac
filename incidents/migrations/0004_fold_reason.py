from django.db import migrations

import energysys.search


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_invented_outages"), ("assets", "0004_fold_text")]

    operations = [
        migrations.AddField("plantevent", "folded", energysys.search.folded_column("reason")),
    ]
