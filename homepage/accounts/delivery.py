"""Mail leaves in the background.

Nobody waits for a mail server, a server that is away makes no sign-in fail, and how long an answer
takes does not tell whether there was somebody to write to.
"""

import logging
from concurrent.futures import ThreadPoolExecutor

logger = logging.getLogger(__name__)
# One after the other. The process waits for the last one before it ends.
worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def deliver(message):
    worker.submit(_send, message)


def _send(message):
    try:
        message.send()
    except Exception:
        # Whatever it was: nobody else would ever hear of it.
        logger.exception("A mail could not be sent: %s", message.subject)
