"""Tags come with reports; whoever publishes may rename, merge and delete them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

DRAFTER = ["view_tag"]
EDITOR = [*DRAFTER, "change_tag", "delete_tag"]


def create_tag_permissions(apps, schema_editor):
    # Permissions are made after all migrations, which is too late here.
    config = apps.get_app_config("blog")
    config.models_module = True
    create_permissions(config, verbosity=0, apps=apps)
    config.models_module = None
    give_tag_permissions(apps)


def give_tag_permissions(apps):
    groups = apps.get_model("auth", "Group").objects
    ours = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="blog")
    for name, codenames in [("管理者", EDITOR), ("編集者", EDITOR), ("起草者", DRAFTER)]:
        groups.get(name=name).permissions.add(*ours.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_roles"),
        ("blog", "0012_tags"),
    ]

    operations = [migrations.RunPython(create_tag_permissions, migrations.RunPython.noop)]
