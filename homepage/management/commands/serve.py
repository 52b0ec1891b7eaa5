import os
import socket
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Serves the site on HOST and PORT until it is interrupted; SIGHUP loads new code."

    def handle(self, **options):
        try:
            # Granian would share the port of another server without a word.
            socket.create_server((settings.HOST, settings.PORT)).close()
        except OSError as error:
            raise CommandError(
                f"HOST {settings.HOST} と PORT {settings.PORT} では始められません: {error.strerror}"
            ) from error
        address = f"http://{settings.HOST}:{settings.PORT}/"
        self.stdout.write(
            f"https://{settings.SECURE_SSL_HOST}/ のプロキシを {address} で待ちます。"
            if settings.SECURE_SSL_REDIRECT
            else f"{address} で開けます。Ctrl-C で終わります。"
        )
        self.stdout.flush()
        # In place of this process, which has the site's present code in it.
        os.environ["DATA_DIR"] = str(settings.DATA_DIR)
        # Its threads render in turns; memory of its own for each would be many times as much.
        os.environ["MALLOC_ARENA_MAX"] = "2"
        os.chdir(settings.BASE_DIR)
        server = [sys.executable, "-m", "homepage.server", settings.HOST, str(settings.PORT)]
        os.execv(sys.executable, server)
