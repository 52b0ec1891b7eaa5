from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "homepage.accounts"
    verbose_name = "ユーザー"
