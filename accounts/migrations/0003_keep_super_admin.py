from django.db import migrations

from energysys.sql import install


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_credentials")]

    operations = [
        install(
            "accounts",
            "accounts_keep_super_admin_v1",
            "DROP TRIGGER user_keep_super_admin_at_delete ON accounts_user;"
            "DROP TRIGGER user_keep_super_admin ON accounts_user;"
            "DROP FUNCTION accounts_keep_super_admin_v1",
        ),
    ]
