"""Every address of the project, asked by a stranger and by every role: walk.txt holds the answers.

A new address, one that is gone, and an answer that is another than in the table: each fails.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from blog.models import PreviewLink, Tag, WorkingCopy
from blog.photos.models import Photo
from homepage.accounts.models import Invitation
from homepage.accounts.roles import Role
from homepage.log.models import Action, record
from homepage.models import Profile
from tests.factories import (
    create_category,
    create_caution_words,
    create_correction,
    create_election,
    create_page,
    create_person,
    create_post,
    create_profile,
)

TABLE = Path(__file__).with_name("walk.txt")
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


def routes(patterns, before="/"):
    """Yield every route of the project, with its parameters as <name>."""
    for each in patterns:
        route = before + str(each.pattern).removeprefix("^").removesuffix("$")
        if hasattr(each, "url_patterns"):
            yield from routes(each.url_patterns, route)
        else:
            yield PARAMETER.sub(lambda match: f"<{match[1] or match[2]}>", route)


@pytest.fixture
def address(db):
    """Return a function that makes an address of a route, of things that are there."""
    create_profile()
    category = create_category(slug="disaster")
    # A report and a page with a version to go back to, a working copy, and a link to it.
    post = create_post(category=category, tag_names="献血")
    page = create_page(slug="policies")
    WorkingCopy.objects.write(
        post, None, title="", body="書きかけ", category=None, published_at=None
    )
    link = PreviewLink.objects.create(post=post)
    invited = Invitation.objects.create(email="jiro@example.jp", role=Role.DRAFTER)
    kinds = {
        "post": post,
        "page": page,
        "category": category,
        "tag": Tag.objects.get(),
        "photo": Photo.objects.create(sha256="0" * 64),
        "correction": create_correction(post=post),
        "election": create_election(),
        "cautionword": create_caution_words().first(),
        "profile": Profile.objects.current(),
        "user": create_person(Role.DRAFTER),
        "invitation": invited,
        "logentry": record(Action.PUBLISHED, "夏の報告"),
    }
    others = {
        "link_number": link.pk, "content_type_id": 1, "app_label": "blog", "url": "nowhere", "uidb36": "1", "key": "set-password", "pk": 1,
        "token": link.token, "year": "2024", "month": "08", "colour": "35634a", "name": "front", "suffix": "svg", "path": "photos/1.jpg", "digest": "0" * 12,
    }  # fmt: skip

    def fill(route):
        kind = (
            kinds.get(route.split("/")[3])
            if route.startswith("/admin/") and route.count("/") > 3
            else None
        )
        values = dict(others)
        if kind:
            values |= {"object_id": kind.pk, "number": kind.pk}
        if "/history/" in route and "<number>" in route:
            values["number"] = kind.revisions.first().pk
        if route.startswith("/<year>"):
            values["number"] = post.pk
        if "feed" in route:
            values["suffix"] = "atom"
        if "sitemap" in route:
            values["number"] = "0"
        if route.startswith("/tag/"):
            values["number"] = kinds["tag"].pk
        if "invitation" in route and "<token>" in route:
            return invited.get_absolute_url()
        if route.startswith("/share-picture"):
            values["name"] = "site"
        values["slug"] = "disaster" if "category" in route else "policies"
        values.setdefault("object_id", 1)
        return re.sub(r"<(\w+)>", lambda match: str(values[match[1]]), route.replace("\\", ""))

    return fill


@pytest.fixture
def sessions(db):
    """Return the session of a stranger, who has none, and of somebody of each role."""
    keys = [None]
    for role in Role:
        client = Client()
        client.force_login(create_person(role))
        keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    return keys


def ask(session, method, path, **options):
    """Return the status of the answer, and take back whatever was done."""
    client = Client(**options)
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    with transaction.atomic():
        status = client.generic(method, path).status_code
        transaction.set_rollback(True)
    return str(status)


def every_route():
    return list(dict.fromkeys(routes(get_resolver().url_patterns)))


def test_every_address_answers_every_role_as_the_table_says(address, sessions):
    lines = [line.split(maxsplit=1) for line in TABLE.read_text().splitlines() if line[:1] == "/"]
    expected = {route: answers.strip() for route, answers in lines}

    found = {}
    for route in every_route():
        path = address(route)
        answers = [[ask(each, method, path) for each in sessions] for method in ("GET", "POST")]
        found[route] = " | ".join(" ".join(each) for each in answers)

    assert found == expected


def test_nothing_is_done_without_the_token_of_a_form(address, sessions):
    taken = []
    for route in every_route():
        path = address(route)
        for session in sessions:
            if ask(session, "POST", path, enforce_csrf_checks=True) not in ("403", "405"):
                taken.append(route)

    assert taken == []
