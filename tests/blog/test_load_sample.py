import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from blog.models import Correction, Post
from homepage.models import Page, Profile
from tests.factories import create_administrator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


def test_the_sample_site_is_whole(client, capsys):
    call_command("load_sample")

    printed = capsys.readouterr().out
    password = printed.split("パスワード: ")[1].split()[0]
    assert authenticate(username="admin", password=password)
    assert Post.objects.published().count() >= 20
    assert Correction.objects.get().changes()
    for page in Page.objects.all():
        assert client.get(page.get_absolute_url()).status_code == 200
    for post in Post.objects.published():
        assert client.get(post.get_absolute_url()).status_code == 200


def test_the_sample_is_loaded_once(capsys):
    call_command("load_sample")
    count = Post.objects.count()
    capsys.readouterr()

    call_command("load_sample")

    assert Post.objects.count() == count
    assert "パスワード" not in capsys.readouterr().out


def test_the_sample_is_not_loaded_where_somebody_has_begun():
    create_administrator()

    call_command("load_sample")

    assert Profile.objects.current() is None
