"""Everybody sees what an election asks for; the 管理者 keeps the calendar and the words."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def create_election_permissions(apps, schema_editor):
    # Permissions are made after all migrations, which is too late here.
    config = apps.get_app_config("homepage")
    config.models_module = True
    create_permissions(config, verbosity=0, apps=apps)
    config.models_module = None
    give_election_permissions(apps)


def give_election_permissions(apps):
    groups = apps.get_model("auth", "Group").objects
    ours = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="homepage", content_type__model__in=["election", "cautionword"]
    )
    groups.get(name="管理者").permissions.add(*ours)
    for name in ("編集者", "起草者"):
        groups.get(name=name).permissions.add(*ours.filter(codename__startswith="view"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_tags"),
        ("homepage", "0012_first_caution_words"),
    ]

    operations = [migrations.RunPython(create_election_permissions, migrations.RunPython.noop)]
