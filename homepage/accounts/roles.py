"""Who may do what: three roles, each a group whose permissions a migration gives."""

from django.db import models


class Role(models.TextChoices):
    """The names of the groups, as people are told them."""

    ADMINISTRATOR = "管理者", "管理者(すべて)"
    EDITOR = "編集者", "編集者(書いて公開する)"
    DRAFTER = "起草者", "起草者(書いて、公開を依頼する)"


# Whoever has it changes what citizens read, and so needs a second factor.
PUBLISH = "blog.publish_post"
# What whoever gets an account on the server is told.
SECOND_FACTOR = (
    "はじめてのログインで、二段階の確認(パスキーか認証アプリ)を設定してください。"
    "設定しないままログアウトすると、次からはログインできません。"
)
