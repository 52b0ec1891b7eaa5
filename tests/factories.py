"""Makes what a test is about. A test names only the fields it cares for."""

import datetime
import io
import itertools
import time
from importlib import import_module
from zoneinfo import ZoneInfo

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from PIL import Image

from blog.attachments import take_in_pdf
from blog.models import Attachment, Category, Correction, Post
from homepage.models import CautionWord, Election, Page, Profile

numbers = itertools.count(1)


def jst(*parts):
    """Return a moment in Tokyo: jst(2024, 8, 4, 10, 0)."""
    return datetime.datetime(*parts, tzinfo=ZoneInfo("Asia/Tokyo"))


def create_profile(**fields):
    """Set the site up: its profile, and the roles that people may get."""
    create_roles()
    defaults = {
        "family_name": "見本",
        "given_name": "花子",
        "family_name_reading": "みほん",
        "given_name_reading": "はなこ",
        "office": "見本市議会議員",
        "email": "mihon@example.jp",
        "address": "https://mihon.example.jp",
    }
    return Profile.objects.create(**defaults | fields)


def create_page(**fields):
    number = next(numbers)
    defaults = {
        "title": f"ページ{number}",
        "slug": f"page-{number}",
        "body": "本文です。",
    }
    return Page.objects.create(**defaults | fields)


def create_election(**fields):
    """Create an election of a week, with its polling day on 25 April 2027."""
    defaults = {
        "name": "見本市議会議員選挙",
        "announced_on": datetime.date(2027, 4, 18),
        "polling_on": datetime.date(2027, 4, 25),
    }
    return Election.objects.create(**defaults | fields)


def create_caution_words():
    """Make the words of the migration again, where a test that emptied the database took them."""
    if not CautionWord.objects.exists():
        import_module("homepage.migrations.0012_first_caution_words").add_words(apps, None)
    return CautionWord.objects.all()


def create_category(**fields):
    number = next(numbers)
    return Category.objects.create(
        **{"name": f"分野{number}", "slug": f"category-{number}"} | fields
    )


def create_post(**fields):
    """Create a published post, of 4 August 2024 unless the test says otherwise."""
    defaults = {
        "title": "",
        "body": "駅前で市民の皆さんの声を聞きました。",
        "status": Post.Status.PUBLISHED,
        "published_at": jst(2024, 8, 4, 10, 0),
    }
    return Post.objects.create(**defaults | fields)


def create_correction(**fields):
    defaults = {
        "sentence": "参加者の数を「百二名」から「百十二名」に改めました。",
        "corrected_at": jst(2024, 8, 27, 9, 30),
        "before": "防災訓練\n参加は百二名でした。",
        "after": "防災訓練\n参加は百十二名でした。",
    }
    if "post" not in fields:
        defaults["post"] = create_post()
    return Correction.objects.create(**defaults | fields)


def pdf_file(pages=1, name="議会だより 第12号.pdf"):
    """Return a PDF as a form sends it, by other authors than the library that reads it."""
    file, made_at = io.BytesIO(), time.gmtime(0)
    first, *others = [Image.new("L", (60, 85), "white")] * pages
    first.save(
        file, "PDF", save_all=True, append_images=others, creationDate=made_at, modDate=made_at
    )
    file.seek(0)
    file.name, file.size = name, len(file.getvalue())
    return file


def create_attachment(**fields):
    file, pages = take_in_pdf(pdf_file())
    defaults = {"title": "議会だより 第12号", "file": file, "size": file.size, "pages": pages}
    if "post" not in fields:
        defaults["post"] = create_post()
    return Attachment.objects.create(**defaults | fields)


def create_administrator(**fields):
    defaults = {
        "username": "admin",
        "email": "mihon@example.jp",
        "password": "himitsu-no-kotoba",
    }
    return get_user_model().objects.create_superuser(**defaults | fields)


def create_roles():
    """Make the groups of the migration again, where a test that emptied the database took them."""
    if not Group.objects.exists():
        import_module("homepage.accounts.migrations.0003_roles").create_groups(apps)
        import_module("homepage.accounts.migrations.0004_tags").give_tag_permissions(apps)
        elections = import_module("homepage.accounts.migrations.0005_elections")
        elections.give_election_permissions(apps)


def create_person(role, **fields):
    """Create somebody with a role, as an invitation does."""
    create_roles()
    number = next(numbers)
    defaults = {
        "username": f"person{number}",
        "email": f"person{number}@example.jp",
        "password": "himitsu-no-kotoba",
    }
    user = get_user_model().objects.create_user(**defaults | fields)
    user.give_role(role)
    # Its permissions are those it has now.
    return get_user_model().objects.get(pk=user.pk)


def create_posts(count):
    """Create many published posts at once, spread over the months from 2004 to 2023."""
    Post.objects.bulk_create(
        Post(
            title=f"報告{number}",
            status=Post.Status.PUBLISHED,
            published_at=jst(2004 + number % 20, number % 12 + 1, 1, 10, 0),
        )
        for number in range(count)
    )
