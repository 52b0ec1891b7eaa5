import unicodedata

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from homepage.edition import PublicModel, PublicQuerySet, change, put_off
from homepage.eras import day_in_words
from homepage.fields import LineField

from . import rules

NO_CONTACT = (
    "選挙運動のあいだは、連絡先を出さなければなりません(公職選挙法142条の3)。"
    "先に「サイト管理者」で、本当の連絡先メールアドレスを入力してください。"
)


class ElectionQuerySet(PublicQuerySet):
    def near(self, at=None):
        """Return the elections to be spoken of, the next polling day first."""
        day = timezone.localdate(at)
        return self.filter(polling_on__gte=day - rules.STAYS, polling_on__lte=day + rules.REMINDS)

    def to_come(self, at):
        """Return the elections whose hold is not over at a moment, to the day."""
        return self.filter(polling_on__gte=timezone.localdate(at))

    def in_phase(self, phase, at):
        """Return the elections that are in a phase, and near, at a moment: a list."""
        return [each for each in self.near(at) if rules.phase(each, at) is phase]

    def holding(self):
        """Return the election whose hold lasts, by this machine's clock or the database's, or None."""
        now = timezone.now()
        near = list(self.near(now))
        moments = [now, time_of_database()] if near else []
        for election in near:
            if any(rules.phase(election, at) is rules.Phase.POLLING_DAY for at in moments):
                return election
        return None

    def witnessed(self):
        """Return the elections around whose hold it is noted now what the site serves: a list."""
        now = timezone.now()
        return [each for each in self.near(now) if rules.span(each, now)]

    def turns(self, since, until):
        """Return how many editions time alone has made by polling days between two moments."""
        return sum(since < at <= until for each in self.all() for at in rules.turns(each))


def time_of_database():
    """Return what time it is by the clock of the database, which all machines of the site share."""
    edition = apps.get_model("homepage.Edition").objects
    return edition.values_list(Now(), flat=True).first() or timezone.now()


class Election(PublicModel):
    """An election in which the site's owner stands, or supports somebody.

    Citizens do not read it, but it decides what may change of what they read.
    """

    class Whose(models.TextChoices):
        OWN = "own", "自分の選挙"
        SUPPORTED = "supported", "応援する選挙"

    name = LineField("選挙の名前", max_length=80, help_text="例 見本市議会議員選挙")
    whose = models.CharField(
        "だれの選挙か", max_length=10, choices=Whose.choices, default=Whose.OWN
    )
    announced_on = models.DateField(
        "告示日", help_text="衆議院と参議院の選挙では、公示日を入力します。"
    )
    polling_on = models.DateField("投票日")
    is_confirmed = models.BooleanField("日程を選挙管理委員会に確認した", default=False)
    accepted_at = models.DateTimeField(
        "届出が受理された日時",
        null=True,
        blank=True,
        help_text="選挙運動ができるのは、このときからです。応援する選挙では、応援する人の届出です。",
    )
    ends_at = models.PositiveSmallIntegerField(
        "投票日の終わり",
        choices=[
            (rules.MIDNIGHT, "24時まで(厳しい読み方)"),
            (rules.POLLS_CLOSE, "20時まで(投票所が閉まるまで)"),
        ],
        default=rules.MIDNIGHT,
        help_text="迷うときは24時のままにして、選挙管理委員会にご確認ください。",
    )

    objects = ElectionQuerySet.as_manager()

    # What saving it has put off: reports that would have become public on its polling day.
    put_off = ()

    class Meta:
        verbose_name = "選挙"
        verbose_name_plural = "選挙"
        ordering = ["polling_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "polling_on"],
                name="an_election_stands_once_in_the_calendar",
                violation_error_message="同じ名前と投票日の選挙が、すでにあります。",
            ),
            models.CheckConstraint(
                condition=models.Q(announced_on__lt=models.F("polling_on")),
                name="polling_day_is_after_the_announcement",
                violation_error_message=rules.DAYS_IN_ORDER,
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        """Save it, and let wait what would become public on its polling day.

        Raises ValidationError where a campaign would begin without a contact.
        """
        if rules.phase(self, timezone.now()) is rules.Phase.CAMPAIGN and not self._has_contact():
            raise ValidationError(NO_CONTACT)
        with change():
            super().save(*args, **kwargs)
            self.put_off = put_off()

    def clean(self):
        if self.announced_on and self.polling_on and self.accepted_at:
            fault = rules.fault_of_filing(self, timezone.now())
            if fault or not self._has_contact():
                raise ValidationError({"accepted_at": fault or NO_CONTACT})

    def is_read_now(self):
        """Return whether it decides what pages show today: by its campaign, or by a hold that began."""
        now = timezone.now()
        is_held = not self._state.adding and rules.phase(self, now) is rules.Phase.POLLING_DAY
        return is_held or rules.keeps_off_paper(self, now)

    def _has_contact(self):
        profile = apps.get_model("homepage.Profile").objects.current()
        return profile and profile.has_real_email

    @property
    def hold(self):
        """When its hold begins and ends."""
        return rules.hold(self)

    @property
    def phase(self):
        """The phase that it is in now, as people are told it."""
        return rules.phase(self, timezone.now()).value

    @property
    def reminder(self):
        """What is said of it now, and what to do, while it is near."""
        return rules.reminder(self, timezone.now())

    @property
    def awaits_filing(self):
        """Whether the filing may be accepted now, and was not yet."""
        now = timezone.now()
        return self.accepted_at is None and rules.is_time_of_filing(self, now)

    @property
    def days(self):
        """Its days, in words: 告示 2027年4月18日(日)、投票 2027年4月25日(日)."""
        return f"告示 {day_in_words(self.announced_on)}、投票 {day_in_words(self.polling_on)}"


class CautionWordQuerySet(models.QuerySet):
    def remarks(self, text, at):
        """Return a sentence for each of the words that a text of a moment has, with the reason."""
        reasons = rules.cautions(Election.objects.near(at), at)
        text = unicodedata.normalize("NFKC", text)
        return [
            f"「{each}」とあります。{reasons[each.kind]}"
            for each in self.filter(kind__in=reasons)
            if unicodedata.normalize("NFKC", each.word) in text
        ]


class CautionWord(models.Model):
    """A word that the desk asks to look at twice, for an election's sake: it forbids nothing."""

    word = LineField("ことば", max_length=40, unique=True)
    kind = models.CharField(
        "いつ確かめるか",
        max_length=10,
        choices=[
            (rules.Caution.ASKS.value, "投票の呼びかけ: 届出が受理されるまで"),
            (rules.Caution.BULLETIN.value, "選挙公報: 告示日から"),
            (rules.Caution.GIFT.value, "贈り物や割引: いつも"),
        ],
    )

    objects = CautionWordQuerySet.as_manager()

    class Meta:
        verbose_name = "選挙で確かめることば"
        verbose_name_plural = "選挙で確かめることば"
        ordering = ["kind", "pk"]

    def __str__(self):
        return self.word
