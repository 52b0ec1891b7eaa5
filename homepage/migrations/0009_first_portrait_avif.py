from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db import migrations

from blog.photos.intake import take_in_portrait


def make_avif_of_present_portrait(apps, schema_editor):
    profiles = apps.get_model("homepage", "Profile").objects.exclude(portrait="")
    for name in profiles.values_list("portrait", flat=True):
        try:
            with default_storage.open(name) as portrait:
                _, avif = take_in_portrait(portrait)
            stored = default_storage.save(str(PurePosixPath(name).with_suffix(".avif")), avif)
        except Exception:
            # Lost, broken, or in a storage that is away: the page shows the JPEG as before.
            continue
        profiles.update(portrait_avif=stored)


class Migration(migrations.Migration):
    dependencies = [
        ("homepage", "0008_profile_portrait_avif"),
    ]

    operations = [
        migrations.RunPython(make_avif_of_present_portrait, migrations.RunPython.noop),
    ]
