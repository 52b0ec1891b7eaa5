from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0006_correction_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="withdrawal",
            name="published_month",
            # Nothing has been withdrawn yet.
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
    ]
