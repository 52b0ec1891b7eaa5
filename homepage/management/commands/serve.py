import os
import signal
import socket

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from granian import Granian
from granian.constants import Interfaces


class Command(BaseCommand):
    help = "Serves the site on HOST and PORT until it is interrupted."

    def handle(self, **options):
        try:
            # Granian would share the port of another server without a word.
            socket.create_server((settings.HOST, settings.PORT)).close()
        except OSError as error:
            raise CommandError(
                f"HOST {settings.HOST} と PORT {settings.PORT} では始められません: {error.strerror}"
            ) from error
        self.stdout.write(
            f"http://{settings.HOST}:{settings.PORT}/ で開けます。Ctrl-C で終わります。"
        )
        self.stdout.flush()
        # Ctrl-C reaches the workers too, and stopped twice at once they may never end.
        os.register_at_fork(
            after_in_child=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        )
        Granian(
            "homepage.wsgi:application",
            address=settings.HOST,
            port=settings.PORT,
            interface=Interfaces.WSGI,
            # As many requests at once as a small machine answers well; the others wait.
            blocking_threads=4,
            backpressure=64,
            workers_kill_timeout=10,
            log_level="warning",
        ).serve()
