from django.conf import settings
from django.core.management.base import BaseCommand
from granian import Granian
from granian.constants import Interfaces


class Command(BaseCommand):
    help = "Serves the site on HOST and PORT until it is interrupted."

    def handle(self, **options):
        self.stdout.write(
            f"http://{settings.HOST}:{settings.PORT}/ で開けます。Ctrl-C で終わります。"
        )
        Granian(
            "homepage.wsgi:application",
            address=settings.HOST,
            port=settings.PORT,
            interface=Interfaces.WSGI,
            # As many requests at once as a small machine answers well; the others wait.
            blocking_threads=4,
            backpressure=64,
            log_level="warning",
        ).serve()
