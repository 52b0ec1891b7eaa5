"""The browser's clock, moved on by hand: no pause goes by of itself, however slow the machine."""

import datetime

# Milliseconds: a pause, and what the desk waits for the server.
PAUSE, REST, AGAIN = 600, 3100, 15100


def stop(context):
    """Let the clock of every page stand still until it is moved on."""
    context.clock.install()
    # It runs until then, and does not go back.
    context.clock.pause_at(datetime.datetime.now() + datetime.timedelta(minutes=1))
