from django.db import migrations, models

import homepage.fields


class Migration(migrations.Migration):
    dependencies = [
        ("homepage", "0009_first_portrait_avif"),
    ]

    operations = [
        migrations.CreateModel(
            name="Election",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    homepage.fields.LineField(
                        help_text="例 見本市議会議員選挙", max_length=80, verbose_name="選挙の名前"
                    ),
                ),
                (
                    "whose",
                    models.CharField(
                        choices=[("own", "自分の選挙"), ("supported", "応援する選挙")],
                        default="own",
                        max_length=10,
                        verbose_name="だれの選挙か",
                    ),
                ),
                (
                    "announced_on",
                    models.DateField(
                        help_text="衆議院と参議院の選挙では、公示日を入力します。",
                        verbose_name="告示日",
                    ),
                ),
                ("polling_on", models.DateField(verbose_name="投票日")),
                (
                    "is_confirmed",
                    models.BooleanField(
                        default=False, verbose_name="日程を選挙管理委員会に確認した"
                    ),
                ),
                (
                    "accepted_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="選挙運動ができるのは、このときからです。応援する選挙では、応援する人の届出です。",
                        null=True,
                        verbose_name="届出が受理された日時",
                    ),
                ),
                (
                    "ends_at",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (24, "24時まで(厳しい読み方)"),
                            (20, "20時まで(投票所が閉まるまで)"),
                        ],
                        default=24,
                        help_text="迷うときは24時のままにして、選挙管理委員会にご確認ください。",
                        verbose_name="投票日の終わり",
                    ),
                ),
            ],
            options={
                "verbose_name": "選挙",
                "verbose_name_plural": "選挙",
                "ordering": ["polling_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name", "polling_on"),
                        name="an_election_stands_once_in_the_calendar",
                        violation_error_message="同じ名前と投票日の選挙が、すでにあります。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("announced_on__lt", models.F("polling_on"))),
                        name="polling_day_is_after_the_announcement",
                        violation_error_message="投票日は、告示日より後の日にしてください。",
                    ),
                ],
            },
        ),
    ]
