#!/usr/bin/env python
"""The site's command line."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

from homepage.elections.rules import Held

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homepage.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A mistake in the environment is told in its one sentence, not in a traceback.
        sys.exit(str(error))
    except Held as held:
        from homepage.elections.hold import record_refusal  # which needs Django set up

        record_refusal(held)
        sys.exit(str(held))
    except OperationalError as error:
        sys.exit(f"The database that DATABASE_URL names does not answer as it should: {error}")
