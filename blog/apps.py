from django.apps import AppConfig


class BlogConfig(AppConfig):
    name = "blog"
    verbose_name = "活動報告"

    def ready(self):
        from homepage import edition

        from .models import Post

        edition.scheduled.append(Post.objects)
