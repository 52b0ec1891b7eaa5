"""A 起草者 sends every form of the admin as an 編集者 would, and citizens read on what they read."""

import json
import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, get_resolver
from PIL import Image

from blog.desk.content import at_desk, base_of
from blog.models import Attachment, Category, Correction, Post, Tag
from blog.photos import library
from blog.photos.models import Photo
from homepage import edition
from homepage.accounts.models import Invitation, User
from homepage.log.models import Action, LogEntry, record
from homepage.models import CautionWord, Election, Page, Profile
from homepage.trash import trashable_models
from tests.factories import (
    create_attachment,
    create_category,
    create_caution_words,
    create_correction,
    create_election,
    create_page,
    create_person,
    create_post,
    pdf_file,
)
from tests.pictures import encode, upload

# What a 起草者 is answered who posts there: 403 is a refusal; 302 leads back, and either it did
# something that citizens do not read, or a sentence there says why not; 405 is read only.
ANSWERS = """
    200 admin/
    405 admin/trash/
    200 admin/login/
    302 admin/logout/
    302 admin/password_change/
    405 admin/password_change/done/
    405 admin/autocomplete/
    405 admin/jsi18n/
    302 admin/r/<path:content_type_id>/<path:object_id>/
    200 admin/(blog)
    404 admin/(accounts)
    200 admin/(homepage)
    404 admin/(url)

    200 admin/blog/post/
    302 admin/blog/post/add/
    302 admin/blog/post/<path:object_id>/
    302 admin/blog/post/<path:object_id>/change/
    403 admin/blog/post/<path:object_id>/delete/
    200 admin/blog/post/<path:object_id>/history/
    200 admin/blog/post/<path:object_id>/history/<int:number>/
    302 admin/blog/post/<path:object_id>/history/<int:number>/restore/
    200 admin/blog/post/autosave/
    200 admin/blog/post/token/
    200 admin/blog/post/signed-in/
    200 admin/blog/post/preview/
    302 admin/blog/post/<int:number>/discard/
    302 admin/blog/post/<int:number>/take-back/
    403 admin/blog/post/<int:number>/return/
    403 admin/blog/post/<int:number>/restore/
    403 admin/blog/post/<int:number>/delete-for-good/
    405 admin/blog/post/<int:number>/look/
    405 admin/blog/post/<int:number>/look/page/
    302 admin/blog/post/<int:number>/look/link/
    302 admin/blog/post/<int:number>/look/link/<int:link_number>/revoke/

    200 admin/blog/photo/
    302 admin/blog/photo/add/
    302 admin/blog/photo/<path:object_id>/
    403 admin/blog/photo/<path:object_id>/change/
    403 admin/blog/photo/<path:object_id>/delete/
    200 admin/blog/photo/<path:object_id>/history/
    422 admin/blog/photo/upload/
    403 admin/blog/photo/<int:number>/describe/
    403 admin/blog/photo/<int:number>/restore/
    403 admin/blog/photo/<int:number>/delete-for-good/

    200 admin/blog/category/
    403 admin/blog/category/add/
    302 admin/blog/category/<path:object_id>/
    403 admin/blog/category/<path:object_id>/change/
    403 admin/blog/category/<path:object_id>/delete/
    200 admin/blog/category/<path:object_id>/history/

    200 admin/blog/tag/
    403 admin/blog/tag/add/
    302 admin/blog/tag/<path:object_id>/
    403 admin/blog/tag/<path:object_id>/change/
    403 admin/blog/tag/<path:object_id>/delete/
    200 admin/blog/tag/<path:object_id>/history/
    403 admin/blog/tag/<int:number>/merge/

    403 admin/blog/correction/
    403 admin/blog/correction/add/
    302 admin/blog/correction/<path:object_id>/
    403 admin/blog/correction/<path:object_id>/change/
    403 admin/blog/correction/<path:object_id>/delete/
    403 admin/blog/correction/<path:object_id>/history/

    200 admin/homepage/election/
    403 admin/homepage/election/add/
    302 admin/homepage/election/<path:object_id>/
    403 admin/homepage/election/<path:object_id>/change/
    403 admin/homepage/election/<path:object_id>/delete/
    200 admin/homepage/election/<path:object_id>/history/

    200 admin/homepage/cautionword/
    403 admin/homepage/cautionword/add/
    302 admin/homepage/cautionword/<path:object_id>/
    403 admin/homepage/cautionword/<path:object_id>/change/
    403 admin/homepage/cautionword/<path:object_id>/delete/
    200 admin/homepage/cautionword/<path:object_id>/history/

    403 admin/homepage/page/
    403 admin/homepage/page/add/
    302 admin/homepage/page/<path:object_id>/
    403 admin/homepage/page/<path:object_id>/change/
    403 admin/homepage/page/<path:object_id>/delete/
    403 admin/homepage/page/<path:object_id>/history/
    403 admin/homepage/page/<path:object_id>/history/<int:number>/
    403 admin/homepage/page/<path:object_id>/history/<int:number>/restore/
    403 admin/homepage/page/preview/
    403 admin/homepage/page/<int:number>/restore/
    403 admin/homepage/page/<int:number>/delete-for-good/

    302 admin/homepage/profile/
    403 admin/homepage/profile/add/
    302 admin/homepage/profile/<path:object_id>/
    403 admin/homepage/profile/<path:object_id>/change/
    403 admin/homepage/profile/<path:object_id>/delete/
    403 admin/homepage/profile/<path:object_id>/history/
    403 admin/homepage/profile/preview/

    403 admin/homepage/logentry/
    403 admin/homepage/logentry/add/
    302 admin/homepage/logentry/<path:object_id>/
    403 admin/homepage/logentry/<path:object_id>/change/
    403 admin/homepage/logentry/<path:object_id>/delete/
    403 admin/homepage/logentry/<path:object_id>/history/
    403 admin/homepage/logentry/export/

    403 admin/accounts/user/
    403 admin/accounts/user/add/
    302 admin/accounts/user/<path:object_id>/
    403 admin/accounts/user/<path:object_id>/change/
    403 admin/accounts/user/<path:object_id>/delete/
    403 admin/accounts/user/<path:object_id>/history/
    403 admin/accounts/invitation/
    403 admin/accounts/invitation/add/
    302 admin/accounts/invitation/<path:object_id>/
    403 admin/accounts/invitation/<path:object_id>/change/
    403 admin/accounts/invitation/<path:object_id>/delete/
    403 admin/accounts/invitation/<path:object_id>/history/
"""

# Every field that any form of the admin has, with what would be read or would go if it counted.
FORM = {
    **{"title": "別の題名", "body": "別の本文", "slug": "betsu", "status": "published"},
    **{"published_at": "2024-08-05T10:00", "is_published": "on", "in_menu": "on", "order": "9"},
    **{
        "category": "",
        "tag_names": "別のタグ",
        "into": "2",
        "change": "typo",
        "correction_sentence": "別の一文",
        "sentence": "別の一文",
    },
    **{"name": "別の名前", "description": "別の取り組み", "alt": "別の説明", "caption": "別の文"},
    **{"family_name": "別", "given_name": "人", "email": "betsu@example.jp", "accent": "#000000"},
    **{"username": "betsu", "role": "管理者", "is_active": "on", "is_superuser": "on"},
    **{"attachments-TOTAL_FORMS": "0", "attachments-INITIAL_FORMS": "0", "content": "別の本文"},
    **{"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-order": "9"},
    **{"post": "yes", "left": "nothing", "reason": "別の理由", "note": "別の理由"},
}


@pytest.fixture
def things(profile):
    """A site on which there is one of each kind for citizens to read, and one in the trash."""
    editor = create_person("編集者")
    record(Action.PUBLISHED, "夏の報告")
    photo = library.add(upload(picture("red")), editor, alt="駅前").photo
    category = create_category()
    post = create_post(
        body=f"駅前です。\n\n![](photo-{photo.pk})", category=category, tag_names="献血、若者"
    )
    create_correction(post=post)
    create_election()
    create_caution_words()
    create_attachment(post=post)
    post.preview_links.create()
    create_page(body=f"![](photo-{photo.pk})")
    for thing in (create_post(), create_page(), library.add(upload(picture("blue"))).photo):
        thing.trash()
    Invitation.objects.create(email="jiro@example.jp", role="起草者")
    return {
        "post": Post, "photo": Photo, "category": Category, "correction": Correction, "page": Page, "tag": Tag,
        "profile": Profile, "logentry": LogEntry, "user": User, "invitation": Invitation,
        "election": Election, "cautionword": CautionWord,
    }  # fmt: skip


def picture(colour):
    return encode(Image.new("RGB", (600, 450), colour), "PNG")


def routes(resolver=None, before=""):
    """Yield every address of the admin as its pattern has it."""
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if not isinstance(each, URLPattern):
            yield from routes(each, route)
        elif groups := re.findall(r"\(\?P<app_label>([^)]*)\)", route):
            yield from (f"admin/({label})" for label in groups[0].split("|"))
        elif route.startswith("admin/"):
            yield "admin/(url)" if "?P<url>" in route else route


def address_of(route, things):
    """Return an address of that pattern, of a thing that there is."""
    model = things.get(route.split("/")[2] if route.count("/") > 2 else "")
    thing = model and model.objects.order_by("pk").first()
    if re.search(r"number>/(restore|delete-for-good)", route) and "history" not in route:
        thing = model.objects.trashed().first()
    post = Post.objects.order_by("pk").first()
    revision = getattr(thing, "revisions", None)
    names = {
        "(url)": "nowhere", "(blog)": "blog/", "(accounts)": "accounts/", "(homepage)": "homepage/",
        "<path:content_type_id>": ContentType.objects.get_for_model(Post).pk,
        "<path:object_id>": thing.pk if thing else post.pk,
        "<int:link_number>": post.preview_links.first() and post.preview_links.first().pk,
        "<int:number>": thing and (revision.first().pk if "history/<int" in route else thing.pk),
    }  # fmt: skip
    for name, value in names.items():
        route = route.replace(name, str(value))
    return f"/{route}"


def sent_to(address):
    """Return what a browser sends there: with files where the form has some, and with an action."""
    if address.endswith("/autosave/"):
        post = Post.objects.order_by("pk").first()
        sent = FORM | {
            "post": str(post.pk),
            "desk": "",
            "token": "a",
            "seen": base_of(at_desk(post)),
        }
        return {"data": json.dumps(sent), "content_type": "application/json"}
    form = dict(FORM)
    if address.endswith(("/post/", "/photo/", "/category/", "/page/")):
        numbers = [
            each.pk for model in (Post, Photo, Category, Page) for each in model.objects.all()
        ]
        form |= {"action": "delete_selected", "_selected_action": numbers, "form-0-id": numbers[0]}
    if attachment := Attachment.objects.filter(post__status="published").first():
        form |= {"attachments-TOTAL_FORMS": "2", "attachments-INITIAL_FORMS": "1"}
        form |= {"attachments-0-id": attachment.pk, "attachments-0-post": attachment.post_id}
        form |= {"attachments-0-DELETE": "on", "attachments-1-file": pdf_file()}
    if "/photo/" in address:
        colour = "blue" if "upload" in address else "green"
        form["image"] = ContentFile(picture(colour), "IMG_1.png")
    return {"data": form}


def public_site():
    """Return all that citizens are answered, and what is told of it nowhere: edition and trash."""
    post, citizen = (
        Post.objects.filter(status="published", trashed_at=None).order_by("pk").first(),
        Client(),
    )
    paths = [
        *("/", "/archive/", "/2024/", "/2024/08/", post.get_absolute_url()),
        *(each.get_absolute_url() for each in Category.objects.all()),
        *(each.get_absolute_url() for each in Tag.objects.with_counts()),
        *(each.get_absolute_url() for each in Page.objects.published()),
        *(f"/media/{each.file.name}" for each in Attachment.objects.filter(post=post)),
    ]
    answers = [citizen.get(path) for path in paths]
    pages = [each.getvalue() if each.streaming else each.content for each in answers]
    assert {each.status_code for each in answers} == {200}
    trash = [list(model.objects.trashed().values_list("pk")) for model in trashable_models()]
    return pages, edition.current(), trash


def test_every_address_of_the_admin_is_in_the_table():
    table = [line.split()[1] for line in ANSWERS.split("\n") if line.strip()]

    assert sorted(table) == sorted(set(routes()))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_drafter_who_sends_every_form_changes_nothing_that_citizens_read(things, client, method):
    drafter, before = create_person("起草者"), public_site()
    accounts = list(User.objects.values("username", "groups", "is_superuser", "is_active"))
    answers = []

    for line in filter(str.strip, ANSWERS.split("\n")):
        route = line.split()[1]
        address = address_of(route, things)
        client.force_login(drafter)
        sent = sent_to(address) if method == "post" else {}
        answers.append(f"{getattr(client, method)(address, **sent).status_code} {route}")
        assert public_site() == before, route

    if method == "post":
        assert answers == [line.strip() for line in ANSWERS.split("\n") if line.strip()]
    assert list(User.objects.values("username", "groups", "is_superuser", "is_active")) == accounts
