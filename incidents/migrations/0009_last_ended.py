from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    dependencies = [("incidents", "0008_expect_all_rows")]

    operations = [
        migrations.AddIndex(
            "plantevent", models.Index(F("ends_at").desc(), name="event_last_ended")
        ),
    ]
