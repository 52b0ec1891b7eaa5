from django.db import migrations
from django.utils import timezone


def create_first_edition(apps, schema_editor):
    apps.get_model("homepage", "Edition").objects.create(number=1, raised_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("homepage", "0002_edition")]

    operations = [migrations.RunPython(create_first_edition, migrations.RunPython.noop)]
