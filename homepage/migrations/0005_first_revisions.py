from django.db import migrations
from django.utils import timezone

FIELDS = ["id", "title", "slug", "body", "is_published", "in_menu", "order"]


def keep_present_texts(apps, schema_editor):
    revisions = apps.get_model("homepage", "PageRevision").objects
    revisions.bulk_create(
        revisions.model(**fields, history_date=timezone.now(), history_type="+")
        for fields in apps.get_model("homepage", "Page").objects.values(*FIELDS)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("homepage", "0004_page_trash_and_revisions"),
    ]

    operations = [
        migrations.RunPython(keep_present_texts, migrations.RunPython.noop),
    ]
