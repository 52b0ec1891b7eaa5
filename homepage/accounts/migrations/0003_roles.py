"""The three roles and what each may do."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

DRAFTER = [
    *("view_post", "add_post", "change_post"),
    *("view_attachment", "add_attachment", "change_attachment", "delete_attachment"),
    *("view_photo", "add_photo", "change_photo"),
    "view_category",
]
EDITOR = [
    *DRAFTER,
    *("publish_post", "delete_post", "delete_photo"),
    *("view_correction", "change_correction", "delete_correction"),
    *("add_category", "change_category", "delete_category"),
    *("view_page", "add_page", "change_page", "delete_page"),
]


def create_roles(apps, schema_editor):
    # Permissions are made after all migrations, which is too late here.
    for label in ("accounts", "blog", "homepage"):
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, verbosity=0, apps=apps)
        config.models_module = None
    create_groups(apps)
    # Accounts from before there were roles. From now on nobody passes by the permissions.
    administrators = apps.get_model("auth", "Group").objects.get(name="管理者")
    users = apps.get_model("accounts", "User").objects
    for user in users.filter(is_superuser=True):
        user.groups.add(administrators)
    users.update(is_superuser=False)


def create_groups(apps):
    groups = apps.get_model("auth", "Group").objects
    permissions = apps.get_model("auth", "Permission").objects
    ours = permissions.filter(content_type__app_label__in=["accounts", "blog", "homepage"])
    groups.get_or_create(name="管理者")[0].permissions.set(ours)
    groups.get_or_create(name="編集者")[0].permissions.set(ours.filter(codename__in=EDITOR))
    groups.get_or_create(name="起草者")[0].permissions.set(ours.filter(codename__in=DRAFTER))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_invitations_and_throttle"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("blog", "0008_publish_permission"),
        ("homepage", "0006_log"),
    ]

    operations = [migrations.RunPython(create_roles, migrations.RunPython.noop)]
