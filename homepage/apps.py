from django.apps import AppConfig


class HomepageConfig(AppConfig):
    name = "homepage"
    verbose_name = "サイト"

    def ready(self):
        from . import checks  # noqa: F401  (registers itself)
