from django.db import migrations
from django.utils import timezone

FIELDS = ["id", "title", "body", "category_id", "status", "published_at"]


def keep_present_texts(apps, schema_editor):
    revisions = apps.get_model("blog", "PostRevision").objects
    revisions.bulk_create(
        revisions.model(**fields, history_date=timezone.now(), history_type="+")
        for fields in apps.get_model("blog", "Post").objects.values(*FIELDS)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0004_writing_desk"),
    ]

    operations = [
        migrations.RunPython(keep_present_texts, migrations.RunPython.noop),
    ]
