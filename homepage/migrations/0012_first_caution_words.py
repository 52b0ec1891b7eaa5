"""A first list, which the owner changes: nobody has one that is complete."""

from django.db import migrations

WORDS = {
    "asks": ["一票", "清き", "ご投票", "当選させて", "必勝", "出陣式"],
    "bulletin": ["選挙公報"],
    "gift": ["プレゼント", "抽選", "割引", "無料でさしあげ"],
}


def add_words(apps, schema_editor):
    words = apps.get_model("homepage", "CautionWord").objects
    words.bulk_create(
        words.model(word=word, kind=kind) for kind, listed in WORDS.items() for word in listed
    )


class Migration(migrations.Migration):
    dependencies = [
        ("homepage", "0011_caution_word"),
    ]

    operations = [migrations.RunPython(add_words, migrations.RunPython.noop)]
