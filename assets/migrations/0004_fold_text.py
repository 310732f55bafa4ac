from django.db import migrations

import energysys.search
from energysys.sql import install


class Migration(migrations.Migration):
    dependencies = [("assets", "0003_invented_outages")]

    operations = [
        install("assets", "fold_text_v1", "DROP FUNCTION fold_text_v1"),
        migrations.AddField(
            "organization", "folded", energysys.search.folded_column("name", "eic")
        ),
        migrations.AddField("powerplant", "folded", energysys.search.folded_column("name", "eic")),
    ]
