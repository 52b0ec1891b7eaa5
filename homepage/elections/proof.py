"""Proof of a hold, for the commission: what the site served around it, and what was refused in it.

Each page that is rendered around a polling day is noted in the log, whose entries nobody can change or
remove unseen. Time makes an edition when the hold begins and when it ends, so that what is asked for
is rendered, and noted, in each part of these days.
"""

import hashlib
import hmac
import logging

from django.db import DatabaseError
from django.utils import timezone
from django.utils.crypto import salted_hmac

from homepage.eras import TOKYO, moment_in_words
from homepage.log.checking import check
from homepage.log.models import Action, LogEntry, record
from homepage.page_cache import EDITION, is_for_everybody

from . import calendar, rules

# What a path alone decides: strangers could ask for millions of them.
NEVER_NOTED = "/accent/"
SIGNATURE = "署名\t"

logger = logging.getLogger(__name__)
# What this process has noted already.
_noted = set()


class NoProof(Exception):
    """Says, a sentence each, why it cannot be proved what the site served."""

    def __init__(self, *faults):
        super().__init__("\n".join(faults))


def note(request, response):
    """Note in the log what everybody is served around a polling day: the digest of a page, once."""
    if (
        response.status_code != 200
        or response.streaming
        or not request.META.get(EDITION)
        or not is_for_everybody(request.META)
        or request.path_info.startswith(NEVER_NOTED)
    ):
        return
    try:
        now = timezone.now()
        days = [(each.pk, rules.span(each, now)) for each in calendar.elections(request)]
        days = [(number, span) for number, span in days if span]
        served = f"{hashlib.sha256(response.content).hexdigest()} {request.path_info}"
        known = served, *days
        if days and known not in _noted:
            record(Action.SERVED, served)
            _noted.add(known)
    except DatabaseError:
        # Nobody is kept from reading by it.
        logger.exception("%s could not be noted.", request.path_info)


def proof_of(election, site):
    """Return the text of the proof, signed with the key of the site. Raises NoProof."""
    begins_at, ends_at = rules.hold(election)
    if timezone.now() < ends_at:
        raise NoProof(f"「{election}」の投票日は、まだ終わっていません。")
    if faults := check():
        raise NoProof(*faults)
    served = {
        span: list(_entries(since, until).filter(action=Action.SERVED))
        for span, (since, until) in rules.spans(election).items()
    }
    refused, overridden = (
        list(_entries(begins_at, ends_at).filter(action=action))
        for action in (Action.HELD, Action.OVERRIDDEN)
    )
    faults = [
        f"「{span.value}」に載せていたものの記録がありません。"
        for span, entries in served.items()
        if not entries
    ]
    changed = _changed(served[rules.Span.DURING])
    if not overridden:
        faults += [f"{path} が、投票日に変わっています。" for path in changed]
    if faults:
        raise NoProof(*faults)
    lines = [
        "投票日の更新停止の記録",
        f"選挙\t{election}({election.days})",
        f"サイト\t{site}",
        f"更新を止めた時間\t{moment_in_words(begins_at)}から{moment_in_words(ends_at)}まで",
        f"作成\t{moment_in_words(timezone.now())}",
        "",
        "載せていたもの(前日・投票日・終了後、日時、SHA-256、アドレス)",
        *(
            "\t".join([span.value, _moment(entry), *entry.subject.split(" ", 1)])
            for span, entries in served.items()
            for entry in entries
        ),
        "",
        "投票日に断った更新(日時、した人、対象)",
        *(f"{_moment(entry)}\t{entry.user}\t{entry.subject}" for entry in refused),
        "",
        "投票日に理由を記録して行った更新(日時、した人、理由)",
        *(f"{_moment(entry)}\t{entry.user}\t{entry.subject}" for entry in overridden),
        "",
        "そのために投票日に変わったもの(アドレス)",
        *changed,
        "",
    ]
    text = "\n".join(lines)
    return f"{text}{SIGNATURE}{_signature(text)}\n"


def is_ours(text):
    """Return whether a proof is as this site has signed it."""
    content, mark, signature = text.rpartition(SIGNATURE)
    return bool(mark) and hmac.compare_digest(signature.strip(), _signature(content))


def _entries(since, until):
    return LogEntry.objects.filter(at__gte=since, at__lt=until).order_by("number")


def _changed(entries):
    """Return the paths that were not served alike all the time."""
    digests = {}
    for entry in entries:
        digest, path = entry.subject.split(" ", 1)
        digests.setdefault(path, set()).add(digest)
    return [path for path, found in digests.items() if len(found) > 1]


def _moment(entry):
    return entry.at.astimezone(TOKYO).isoformat(timespec="seconds")


def _signature(text):
    return salted_hmac("homepage.hold", text, algorithm="sha256").hexdigest()
