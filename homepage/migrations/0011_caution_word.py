from django.db import migrations, models

import homepage.fields


class Migration(migrations.Migration):
    dependencies = [
        ("homepage", "0010_election"),
    ]

    operations = [
        migrations.CreateModel(
            name="CautionWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "word",
                    homepage.fields.LineField(max_length=40, unique=True, verbose_name="ことば"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("asks", "投票の呼びかけ: 届出が受理されるまで"),
                            ("bulletin", "選挙公報: 告示日から"),
                            ("gift", "贈り物や割引: いつも"),
                        ],
                        max_length=10,
                        verbose_name="いつ確かめるか",
                    ),
                ),
            ],
            options={
                "verbose_name": "選挙で確かめることば",
                "verbose_name_plural": "選挙で確かめることば",
                "ordering": ["kind", "pk"],
            },
        ),
    ]
