"""Prints the table. Everything it starts ends with it, and all its data lies in a temporary folder."""

import os
import signal
import sys
import tempfile

import django

# A run that hangs says so instead of holding the terminal.
MOST_SECONDS = 1200


def main():
    # Leaving by an exception, as Ctrl-C does, ends every server and drops every database.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended by SIGTERM."))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"{MOST_SECONDS} seconds are over."))
    signal.alarm(MOST_SECONDS)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "homepage.settings", "DATA_DIR": folder}
        # What was set for a real site stays out of it.
        for name in ("DATABASE_URL", "ALLOWED_HOSTS", "HOST", "PORT", "DEBUG", "SECRET_KEY"):
            os.environ.pop(name, None)
        django.setup()

        from benchmarks.measuring import measure_all  # needs Django set up

        return measure_all(folder, posts=int(os.environ.get("POSTS") or 1200))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
