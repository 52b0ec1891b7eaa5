"""What an election asks of the site at a moment: plain Python, with the moment as an argument.

公職選挙法 (Public Offices Election Act) art. 129: campaigning begins when the filing is accepted and
ends on the day before polling day; art. 142-3 ②: what stands on the web may stay on polling day, and
is not updated. Not legal advice: the commission of the election decides.
"""

import datetime
import enum
import typing

from homepage.eras import TOKYO

# Polling day ends at midnight; on another reading, when the polls close.
MIDNIGHT, POLLS_CLOSE = 24, 20
# An election is spoken of from so long before its polling day, and until so long after it.
REMINDS = datetime.timedelta(days=60)
STAYS = datetime.timedelta(days=30)
# What the site serves is noted from so long before the hold, and until so long after it.
WITNESSED = datetime.timedelta(days=1)


DAYS_IN_ORDER = "投票日は、告示日より後の日にしてください。"
HELD = (
    "今日は「{}」の投票日です。投票日の更新は、選挙運動とみなされることがあるため"
    "(公職選挙法129条、142条の3)、{}時まで、読む人のページを変えられません。"
)


class Held(Exception):
    """A public change on polling day: says why it was refused, of which `election`, and of what."""

    # The address at which the text that was sent is kept, where it is.
    kept_at = None
    is_recorded = False

    def __init__(self, election, thing):
        super().__init__(HELD.format(election, election.ends_at))
        self.election, self.thing = election, thing


class Phase(enum.Enum):
    """The phases of an election, as people are told them."""

    ORDINARY = "平時"
    CAMPAIGN = "運動期間"
    POLLING_DAY = "投票日"
    AFTERWARDS = "投票後"


def midnight(day: datetime.date) -> datetime.datetime:
    """Return the moment in Tokyo at which a day begins."""
    return datetime.datetime.combine(day, datetime.time(), TOKYO)


def phase(election, at: datetime.datetime) -> Phase:
    """Return the phase of an election at a moment, which has a zone.

    `election` has `polling_on`, the hour of it that `ends_at`, and `accepted_at`: None until the
    filing was accepted.
    """
    begins_at, ends_at = hold(election)
    if at >= ends_at:
        return Phase.AFTERWARDS
    if at >= begins_at:
        return Phase.POLLING_DAY
    if election.accepted_at and at >= election.accepted_at:
        return Phase.CAMPAIGN
    return Phase.ORDINARY


def hold(election) -> tuple[datetime.datetime, datetime.datetime]:
    """Return the moments from which nothing public changes, and from which it may again.

    Leap seconds come at 9:00 in Tokyo, so that neither moment ever comes twice.
    """
    polling_day = midnight(election.polling_on)
    return polling_day, polling_day + datetime.timedelta(hours=election.ends_at)


class Span(enum.Enum):
    """The parts of the days around a hold, of each of which it is proved what the site served."""

    BEFORE = "前日"
    DURING = "投票日"
    AFTER = "終了後"


def spans(election) -> dict[Span, tuple[datetime.datetime, datetime.datetime]]:
    """Return where each part begins and ends: a day before the hold, the hold, and a day after it."""
    begins_at, ends_at = hold(election)
    return {
        Span.BEFORE: (begins_at - WITNESSED, begins_at),
        Span.DURING: (begins_at, ends_at),
        Span.AFTER: (ends_at, ends_at + WITNESSED),
    }


def span(election, at: datetime.datetime) -> Span | None:
    """Return the part of the days around a hold that a moment lies in, or None."""
    return next(
        (each for each, (since, until) in spans(election).items() if since <= at < until), None
    )


def turns(election) -> list[datetime.datetime]:
    """Return the moments at which time alone makes an edition: what follows is asked for anew."""
    begins = [since for since, _ in spans(election).values()]
    return [*begins, election.accepted_at] if election.accepted_at else begins


def keeps_off_paper(election, at: datetime.datetime) -> bool:
    """Return whether no page may be printed at a moment, to be handed out (art. 142): the campaign.

    Until the end of the hold, since on polling day no page changes.
    """
    is_accepted = bool(election.accepted_at) and election.accepted_at <= at
    return is_accepted and phase(election, at) is not Phase.AFTERWARDS


def days_until(day: datetime.date, at: datetime.datetime) -> int:
    """Return how many days there are until a day, as people in Tokyo count them at a moment."""
    return (day - at.astimezone(TOKYO).date()).days


def is_time_of_filing(election, at: datetime.datetime) -> bool:
    """Return whether a filing can be accepted at a moment: from 告示日 until the day before polling day."""
    return midnight(election.announced_on) <= at < midnight(election.polling_on)


def fault_of_filing(election, at: datetime.datetime) -> str:
    """Return what, at a moment, cannot be about the filing, in a sentence, or nothing."""
    if election.accepted_at > at:
        return "届出が受理された日時が、先になっています。受理された後に入力してください。"
    if not is_time_of_filing(election, election.accepted_at):
        return "届出が受理された日時は、告示日から投票日の前日までにしてください。"
    return ""


class Caution(enum.StrEnum):
    """Why a word is worth a second look."""

    ASKS = "asks"
    BULLETIN = "bulletin"
    GIFT = "gift"


def cautions(elections, at: datetime.datetime) -> dict[Caution, str]:
    """Return what to look twice at in a text of a moment, each with the reason, a sentence.

    `elections` are those that are near.
    """
    reasons = {Caution.GIFT: "選挙区の人への寄附は、いつも禁じられています(公職選挙法199条の2)。"}
    phases = {election: phase(election, at) for election in elections}
    for election, now in phases.items():
        if now is Phase.ORDINARY:
            reasons[Caution.ASKS] = (
                f"{election}の届出が受理されるまで、投票を呼びかけることはできません"
                "(公職選挙法129条)。"
            )
        if now is not Phase.AFTERWARDS and at >= midnight(election.announced_on):
            reasons[Caution.BULLETIN] = (
                "告示の後に選挙公報を載せることや、選挙公報へのリンクは、法律に触れるおそれがあります"
                "(公職選挙法142条、146条)。"
            )
    return reasons


class Reminder(typing.NamedTuple):
    """What is said of an election now, and what to do."""

    what: str
    what_to_do: str


def reminder(election, at: datetime.datetime) -> Reminder:
    """Return what to say of an election, which is near, at a moment.

    `election` has `announced_on`, `is_confirmed` and what `phase` asks for, and is named by str().
    """
    now = phase(election, at)
    if now is Phase.ORDINARY:
        what, what_to_do = _before_campaign(election, at)
    elif now is Phase.CAMPAIGN:
        days = days_until(election.polling_on, at)
        what = f"{election}の選挙運動期間です。投票日まで、あと{days}日です。"
        what_to_do = (
            "名前と連絡先が、すべてのページに出ています(公職選挙法142条の3)。"
            "ページを印刷して配ったり、貼ったりしないでください(142条)。"
        )
    elif now is Phase.POLLING_DAY:
        what = f"今日は{election}の投票日です。"
        what_to_do = (
            f"いま載っているものは、そのままでかまいません。{election.ends_at}時まで、"
            "読む人のページは変えられません(公職選挙法129条、142条の3)。"
            "下書きは、いつものとおり保存できます。"
        )
    else:
        what = f"{election}の投票が終わりました。"
        what_to_do = (
            "当選や落選のあいさつは、ホームページには載せられますが、"
            "紙に印刷して配ることはできません(178条)。"
        )
    if now is not Phase.AFTERWARDS and not election.is_confirmed:
        what_to_do += "日程は、選挙管理委員会にご確認ください。"
    return Reminder(what, what_to_do)


def _before_campaign(election, at):
    days = days_until(election.announced_on, at)
    if days > 0:
        return (
            f"{election}の告示まで、あと{days}日です。",
            "届出が受理されるまで、投票を呼びかけることはできません(公職選挙法129条)。",
        )
    return (
        f"{election}の告示日{'です' if days == 0 else 'を過ぎています'}。",
        "届出が受理されたら、この選挙のページで「届出が受理された」を押してください。"
        "それまでは、投票を呼びかけることはできません(129条)。",
    )
