"""Proof that no entry of the log was changed, added or removed by another hand than the site's."""

from django.db import transaction

from .models import LogEntry, LogHead


def check(noted=None):
    """Return a sentence for each thing that is wrong with the log, the oldest first.

    `noted` is a head that an earlier check has named, `number:seal`. With it even a log is found out
    that was put back, as a whole, to what it once was.
    """
    with transaction.atomic():
        return list(_faults(noted))


def _faults(noted):
    number, seal, seal_of_noted = 0, "", None
    noted_number, _, noted_seal = (noted or "").partition(":")
    for entry in LogEntry.objects.order_by("number").iterator():
        if entry.number > number + 1:
            yield f"{number + 1}番から{entry.number - 1}番までの記録がありません。"
        elif entry.seal != entry.sealed_after(seal):
            # After a gap there is nothing to hold an entry against.
            yield f"{entry.number}番の記録が書き換えられています。"
        number, seal = entry.number, entry.seal
        if str(number) == noted_number:
            seal_of_noted = seal
    head = LogHead.objects.first() or LogHead()
    if (number or head.number) and head.seal_of_head != head.sealed():
        yield "記録の終わりの印が書き換えられています。"
    elif (head.number, head.seal) != (number, seal):
        yield f"{head.number}番までの記録が、{number}番で終わっています。"
    if noted and seal_of_noted != noted_seal:
        yield f"控えてあった{noted_number}番の印が、記録の中にありません。"
