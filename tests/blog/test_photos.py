"""Photos: taken in through the desk, shown on pages, kept in a library."""

import errno
import itertools
import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from PIL import Image

from blog.models import Post, WorkingCopy
from blog.photos import library
from blog.photos.intake import take_in_portrait
from blog.photos.models import NotStored, Photo, Rendition
from homepage import edition, trash
from homepage.models import Profile
from homepage.page_cache import EDITION
from tests.factories import (
    create_administrator,
    create_attachment,
    create_page,
    create_person,
    create_post,
    jst,
)
from tests.pictures import encode, from_phone, upload

pytestmark = pytest.mark.django_db
UPLOAD = "/admin/blog/photo/upload/"
shades = itertools.count()


def picture():
    """Return a small picture unlike any before."""
    return encode(Image.new("RGB", (1000, 750), (next(shades), 90, 90)), "PNG")


def create_photo(**fields):
    return library.add(upload(picture()), **fields).photo


def stored():
    """Return the names of all pictures that are kept."""
    try:
        return sorted(default_storage.listdir("photos")[1])
    except FileNotFoundError:
        return []


def sign_in(client, *permissions):
    """Sign in somebody who may enter the admin and do no more than this."""
    user = get_user_model().objects.create_user("helper", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)


def nobody_is_signed_in(client):
    pass


def a_citizen_is_signed_in(client):
    client.force_login(get_user_model().objects.create_user("citizen"))


def a_helper_for_pages_is_signed_in(client):
    sign_in(client, "add_page", "change_page")


@pytest.fixture
def desk(client, profile):
    client.force_login(create_administrator())
    return client


def send(client, content=None, name="IMG_0001.JPG"):
    return client.post(UPLOAD, {"image": upload(content, name)})


# Taking in


def test_a_photo_is_taken_in_and_the_desk_told_what_to_write(desk):
    answer = send(desk, from_phone(orientation=6)).json()

    photo = Photo.objects.get()
    assert answer["image_code"] == f"![](photo-{photo.pk})"
    assert answer["done"] == ["位置情報を消しました", "向きを直しました"]
    assert desk.get(answer["thumbnail"]).status_code == 200
    assert answer["size"] == photo.renditions.get(format="jpeg", width=900).size
    assert photo.uploaded_by.username == "admin"


def test_the_same_photo_twice_is_stored_once(desk):
    first = send(desk).json()
    files = stored()

    second = send(desk).json()

    assert second["number"] == first["number"]
    assert second["done"] == ["前に登録した同じ写真を使いました"]
    assert stored() == files


@pytest.mark.parametrize(
    "somebody", [nobody_is_signed_in, a_citizen_is_signed_in, a_helper_for_pages_is_signed_in]
)
def test_whoever_may_not_add_photos_is_refused_and_nothing_is_stored(client, somebody):
    somebody(client)

    response = send(client)

    assert response.status_code == 403
    assert response.json()["message"].startswith("写真を登録できるアカウントで")
    assert not Photo.objects.exists()
    assert not stored()


def test_a_helper_with_the_permission_may_add_photos(client):
    sign_in(client, "add_photo")

    assert send(client).status_code == 200


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg onload='alert(1)'/>", "x.svg"),
        (b"<script>alert(1)</script>", "x.html"),
        (b"", "空.jpg"),
        (from_phone()[:500], "IMG_0001.JPG"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(desk, content, name):
    response = desk.post(UPLOAD, {"image": upload(content, name)})

    assert response.status_code == 422
    assert "写真をお選びください" in response.json()["message"]
    assert not stored()


@pytest.mark.parametrize("data", [{}, {"image": "text"}])
def test_a_request_without_a_picture_is_refused_with_a_sentence(desk, data):
    assert desk.post(UPLOAD, data).status_code == 400
    assert desk.get(UPLOAD).json()["message"].startswith("写真が届きませんでした。")


def test_a_full_disk_leaves_neither_file_nor_row(desk, monkeypatch):
    save = FileSystemStorage._save

    def disk_that_fills_up(storage, name, content):
        if "960" in name:
            save(storage, name, ContentFile(content.read()[:100]))
            raise OSError(errno.ENOSPC, "No space left on device")
        return save(storage, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", disk_that_fills_up)
    response = send(desk)

    assert response.status_code == 507
    assert response.json()["message"].startswith("サーバーに写真を保存できませんでした。")
    assert not Photo.objects.exists()
    assert not stored()


# On the pages


def test_a_report_shows_its_photo_in_all_sizes(client, profile):
    photo = create_photo(alt="駅前の人通り", caption="朝七時の駅前", credit="見本 太郎")
    post = create_post(body=f"{photo.image_code}\n\n駅前に立ちました。")

    text = client.get(post.get_absolute_url()).text

    for format in ("avif", "jpeg"):
        for each in photo.renditions.filter(format=format):
            assert f"{each.get_absolute_url()} {each.width}w" in text
    assert 'width="1000" height="750" alt="駅前の人通り"' in text
    assert "朝七時の駅前" in text
    assert "写真 見本 太郎" in text
    assert "photo-1" not in text


def test_the_first_photo_of_a_page_comes_at_once_and_the_others_when_near(client, profile):
    for day in (1, 2):
        create_post(body=create_photo().image_code, published_at=jst(2024, 8, day, 10, 0))

    first, second = re.findall("<picture>.*?</picture>", client.get("/2024/08/").text, re.DOTALL)

    assert 'loading="lazy"' not in first
    assert 'loading="lazy"' in second


def test_a_month_with_photos_and_pdfs_takes_six_queries(client, profile, django_assert_num_queries):
    for day in range(1, 11):
        moment = jst(2024, 8, day, 10, 0)
        create_attachment(post=create_post(body=create_photo().image_code, published_at=moment))
    # The counts of this edition are known from any page before.
    this_edition = {EDITION: edition.current()}
    client.get("/archive/", **this_edition)

    with django_assert_num_queries(6):
        assert client.get("/2024/08/", **this_edition).text.count("<picture>") == 10


def test_the_front_page_shows_the_first_photo_of_its_reports(client, profile):
    first, second = create_photo(), create_photo()
    create_post(body=f"{first.image_code}\n\n{second.image_code}")

    text = client.get("/").text

    assert first.smallest.get_absolute_url() in text
    assert second.smallest.get_absolute_url() not in text


def test_pages_and_the_biography_show_photos(client, profile):
    photo = create_photo()
    create_page(slug="policies", body=photo.image_code)
    Profile.objects.update(biography=photo.image_code)

    for path in ("/policies/", "/"):
        assert photo.smallest.get_absolute_url() in client.get(path).text


def test_the_preview_shows_what_the_page_will(desk):
    photo = create_photo()

    preview = desk.post("/admin/blog/post/preview/", {"content": photo.image_code}).text

    assert photo.smallest.get_absolute_url() in preview


def test_words_in_the_text_go_before_those_of_the_library(client, profile):
    photo = create_photo(alt="駅前")
    post = create_post(body=f'![<b>"雨"の駅前](photo-{photo.pk})')

    assert 'alt="&lt;b&gt;&quot;雨&quot;の駅前"' in client.get(post.get_absolute_url()).text


@pytest.mark.parametrize(
    "source",
    [
        "![](photo-999999)",
        "![](photo-0)",
        "![](https://www.example.jp/tracker.png)",
        "![](//www.example.jp/tracker.png)",
        "![](javascript:alert)",
        '<img src="https://www.example.jp/tracker.png">',
        '<img src="photo-{}" onerror="alert(1)" alt="x">',
        "<img alt='>' src=x>",
    ],
)
def test_only_photos_of_the_library_are_shown(client, profile, source):
    post = create_post(body=source.replace("{}", str(create_photo().pk)) + "\n\n本文です。")

    text = client.get(post.get_absolute_url()).text

    assert "tracker" not in text
    assert "onerror" not in text
    assert 'src="photo-' not in text
    assert ("<picture>" in text) == ("{}" in source)
    assert "本文です。" in text


def test_a_photo_within_a_sentence_stays_in_it(client, profile):
    photo = create_photo()
    post = create_post(body=f"この写真{photo.image_code}です。")

    text = client.get(post.get_absolute_url()).text

    assert "post-photo" not in text
    assert "<p>この写真<picture>" in text


def test_two_photos_in_a_row_stand_one_below_the_other(client, profile):
    post = create_post(body=f"{create_photo().image_code}\n{create_photo().image_code}")

    text = client.get(post.get_absolute_url()).text

    assert text.count('<figure class="post-photo">') == 2


def test_a_picture_does_nothing_but_be_seen(client):
    photo = create_photo()

    for each in photo.renditions.all():
        response = client.get(each.get_absolute_url())

        assert response["Content-Type"] == f"image/{each.format}"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].endswith("; sandbox")
        assert {"immutable", "s-maxage=1"} <= set(response["Cache-Control"].split(", "))


def test_whatever_else_lies_there_is_only_saved(client):

    default_storage.save("photos/x.html", ContentFile(b"<script>alert(1)</script>"))

    response = client.get("/media/photos/x.html")

    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


# The library


def test_deleting_a_photo_takes_it_off_every_page_and_its_files_out_of_reach(desk, client):
    photo = create_photo()
    post = create_post(body=f"{photo.image_code}\n\n本文です。")
    page = create_page(body=photo.image_code)
    paths = [post.get_absolute_url(), "/", page.get_absolute_url()]
    before = edition.current()

    desk.post(f"/admin/blog/photo/{photo.pk}/delete/", {"post": "yes"})

    for path in paths:
        assert "<picture" not in client.get(path).text
    for each in photo.renditions.all():
        assert client.get(each.get_absolute_url()).status_code == 404
    assert edition.current() > before
    assert len(stored()) == 6


def test_a_photo_that_is_restored_is_shown_again_wherever_it_was(desk, client):
    photo = create_photo()
    post = create_post(body=f"{photo.image_code}\n\n本文です。")
    photo.trash()
    post.save()
    before = edition.current()

    desk.post(f"/admin/blog/photo/{photo.pk}/restore/")

    for path in [post.get_absolute_url(), "/"]:
        assert "<picture" in client.get(path).text
    assert client.get(photo.smallest.get_absolute_url()).status_code == 200
    assert edition.current() > before


def test_several_photos_are_deleted_together(desk):
    photos = [create_photo(), create_photo()]
    chosen = {
        "action": "delete_selected",
        "_selected_action": [photo.pk for photo in photos],
    }

    asked = desk.post("/admin/blog/photo/", chosen).text
    assert Photo.objects.kept().count() == 2
    desk.post("/admin/blog/photo/", chosen | {"post": "yes"})

    assert f'name="_selected_action" value="{photos[1].pk}"' in asked
    assert not Photo.objects.kept().exists()


@pytest.mark.parametrize("at_once", [True, False])
def test_the_files_of_a_photo_go_for_good_with_it_and_not_before_that_is_certain(
    desk, django_capture_on_commit_callbacks, at_once
):
    photo = create_photo()
    photo.trash()

    with django_capture_on_commit_callbacks() as callbacks:
        if at_once:
            desk.post(f"/admin/blog/photo/{photo.pk}/delete-for-good/")
        else:
            trash.empty(photo.kept_until)

    assert not Photo.objects.exists()
    assert len(stored()) == 6
    for callback in callbacks:
        callback()
    assert not stored()


def test_the_files_of_a_photo_in_the_trash_belong_to_it():
    create_photo().trash()

    call_command("check_photos")


def test_a_photo_that_is_sent_again_comes_back_from_the_trash(desk, client):
    content = picture()
    photo = library.add(upload(content), alt="駅前").photo
    post = create_post(body=photo.image_code)
    photo.trash()

    answer = desk.post(UPLOAD, {"image": upload(content)}).json()

    assert answer["number"] == photo.pk
    assert answer["done"] == ["ごみ箱にあった同じ写真を、もとに戻しました"]
    assert "<picture" in client.get(post.get_absolute_url()).text


def test_a_photo_that_is_added_to_the_library_again_comes_back_from_the_trash(desk):
    content = picture()
    photo = library.add(upload(content), alt="駅前").photo
    photo.trash()

    response = desk.post("/admin/blog/photo/add/", {"image": upload(content), "alt": "別の言葉"})

    assert response.context["adminform"].form.errors["image"] == [
        "この写真は「駅前」としてごみ箱にありました。もとに戻しました。"
    ]
    assert Photo.objects.kept().get().alt == "駅前"


def test_a_photo_is_not_exchanged_for_one_in_the_trash(desk):
    content = picture()
    library.add(upload(content), alt="駅前").photo.trash()
    photo = create_photo()

    response = change(desk, photo, image=upload(content))

    assert response.context["adminform"].form.errors["image"] == [
        "この写真は「駅前」としてごみ箱にあります。"
    ]


def test_a_photo_in_the_trash_is_neither_offered_nor_described_at_the_desk(desk):
    photo = create_photo()
    post = create_post(body=photo.image_code)
    photo.trash()

    shown = desk.get(f"/admin/blog/post/{post.pk}/change/").text
    described = desk.post(f"/admin/blog/photo/{photo.pk}/describe/", {"alt": "駅前"})

    assert f"photo/{photo.pk}/describe" not in shown
    assert described.status_code == 404


def test_whether_a_file_is_in_the_trash_is_asked_once_for_each_edition(
    client, profile, django_assert_num_queries
):
    photo = create_photo()
    address = photo.smallest.get_absolute_url()
    number = {EDITION: edition.current()}

    with django_assert_num_queries(2):
        assert client.get(address, **number).status_code == 200
    with django_assert_num_queries(0):
        assert client.get(address, **number).status_code == 200
    photo.trash()

    assert client.get(address, **{EDITION: edition.current()}).status_code == 404


def test_while_nobody_knows_what_is_in_the_trash_no_file_is_given_and_none_is_forgotten(
    client, monkeypatch
):
    photo = create_photo()
    address = photo.smallest.get_absolute_url()

    def away(*arguments):
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        response = client.get(address)

    assert response.status_code == 503
    assert "Cache-Control" not in response
    assert client.get(address).status_code == 200


def change(client, photo, **fields):
    empty = {"alt": "", "caption": "", "credit": "", "taken_on": "", "consent": ""}
    return client.post(f"/admin/blog/photo/{photo.pk}/change/", empty | fields, follow=True)


def test_a_photo_is_exchanged_on_every_page(desk, client, django_capture_on_commit_callbacks):
    photo = create_photo(alt="駅前")
    post = create_post(body=photo.image_code)
    old, before = stored(), edition.current()

    with django_capture_on_commit_callbacks(execute=True):
        change(desk, photo, alt="駅前", image=upload())

    assert not set(old) & set(stored())
    assert edition.current() > before
    text = client.get(post.get_absolute_url()).text
    assert Photo.objects.get().smallest.get_absolute_url() in text


def test_a_photo_is_not_exchanged_for_another_one_of_the_library(desk):
    content = picture()
    library.add(upload(content), alt="市役所")
    photo = create_photo()
    before = stored()

    response = change(desk, photo, image=upload(content))

    assert "この写真は「市役所」としてすでに登録されています。" in response.text
    assert stored() == before


def test_an_exchanged_photo_is_known_by_its_new_picture():
    photo, content = create_photo(), picture()

    library.replace(photo, upload(content))

    assert library.add(upload(content)).photo == photo


def test_an_exchange_that_fails_leaves_the_old_picture(monkeypatch):
    photo = create_photo()
    before = stored()
    monkeypatch.setattr(FileSystemStorage, "_save", lambda *arguments: 1 / 0)

    with pytest.raises(NotStored):
        library.replace(photo, upload())

    assert stored() == before
    assert Photo.objects.get().smallest.file.name in {f"photos/{name}" for name in before}


def test_a_photo_is_added_in_the_library(desk):
    response = desk.post(
        "/admin/blog/photo/add/",
        {"image": upload(from_phone()), "alt": "駅前", "taken_on": "2024-08-04"},
        follow=True,
    )

    photo = Photo.objects.get()
    assert (photo.alt, photo.taken_on.isoformat()) == ("駅前", "2024-08-04")
    assert photo.uploaded_by.username == "admin"
    assert "位置情報を消しました。" in response.text


def test_adding_a_photo_again_does_not_write_over_its_words(desk):
    content = picture()
    library.add(upload(content), alt="駅前")

    response = desk.post("/admin/blog/photo/add/", {"image": upload(content), "alt": ""})

    assert "この写真は「駅前」としてすでに登録されています。" in response.text
    assert Photo.objects.get().alt == "駅前"


@pytest.mark.parametrize("image", [{}, {"image": upload(b"text", "x.jpg")}])
def test_the_library_refuses_what_is_no_picture(desk, image):
    response = desk.post("/admin/blog/photo/add/", {"alt": "駅前"} | image)

    assert response.status_code == 200
    assert response.context["errors"]
    assert not Photo.objects.exists()


def test_the_library_finds_photos_by_their_words_and_their_use(desk):
    shown = create_photo(alt="駅前の人通り")
    unused = create_photo(alt="", caption="市役所の時計塔")
    create_post(body=shown.image_code, status=Post.Status.DRAFT)

    def found(query):
        return set(desk.get(f"/admin/blog/photo/?{query}").context["cl"].queryset)

    assert found("q=駅前") == {shown}
    assert found("q=時計塔") == {unused}
    assert found("use=unused") == {unused}
    assert found("use=undescribed") == {unused}


def test_a_photo_tells_where_it_is_shown(desk):
    photo = create_photo()
    report = create_post(title="駅前の報告", body=photo.image_code)
    page = create_page(title="政策", body=f"![説明](photo-{photo.pk})")

    text = desk.get(f"/admin/blog/photo/{photo.pk}/change/").text

    assert f'<a href="/admin/blog/post/{report.pk}/change/">駅前の報告</a>' in text
    assert f'<a href="/admin/homepage/page/{page.pk}/change/">政策</a>' in text


def test_a_photo_is_described_from_beside_the_text(desk):
    photo = create_photo()
    post = create_post(body=photo.image_code)
    before = edition.current()

    response = desk.post(f"/admin/blog/photo/{photo.pk}/describe/", {"alt": "駅前の 人通り"})

    assert response.json() == {"alt": "駅前の 人通り"}
    assert 'alt="駅前の 人通り"' in desk.get(post.get_absolute_url()).text
    assert edition.current() > before


def test_a_description_that_cannot_be_kept_is_refused_with_a_sentence(desk, client):
    photo = create_photo(alt="駅前")

    too_long = desk.post(f"/admin/blog/photo/{photo.pk}/describe/", {"alt": "あ" * 201})
    gone = desk.post("/admin/blog/photo/999/describe/", {"alt": "駅前"})
    client.logout()
    stranger = client.post(f"/admin/blog/photo/{photo.pk}/describe/", {"alt": "いたずら"})

    assert [each.status_code for each in (too_long, gone, stranger)] == [422, 404, 403]
    assert all(each.json()["message"].endswith("。") for each in (too_long, gone, stranger))
    assert Photo.objects.get().alt == "駅前"


REPORT = {
    "title": "",
    "category": "",
    "published_at": "",
    "status": "published",
    "attachments-TOTAL_FORMS": 0,
    "attachments-INITIAL_FORMS": 0,
}


def test_before_publishing_the_writer_is_asked_once_for_descriptions(desk):
    photo = create_photo()
    report = REPORT | {"body": photo.image_code}

    response = desk.post("/admin/blog/post/add/", report)
    asked = response.context["adminform"].form

    assert f"「photo-{photo.pk}」は、説明のない写真です。" in asked.errors["body"][1]
    assert not Post.objects.exists()

    again = {"seen_remarks": asked["seen_remarks"].value()}
    desk.post("/admin/blog/post/add/", report | again)
    assert Post.objects.published().exists()


@pytest.mark.parametrize(
    ("alt", "code", "status"),
    [
        ("駅前", "![](photo-{})", "published"),
        ("", "![駅前](photo-{})", "published"),
        ("", "![](photo-{})", "draft"),
    ],
)
def test_a_described_photo_and_a_draft_are_saved_at_once(desk, alt, code, status):
    body = code.format(create_photo(alt=alt).pk)

    desk.post("/admin/blog/post/add/", REPORT | {"body": body, "status": status})

    assert Post.objects.get().body == body


def test_uploading_makes_no_new_edition(desk):
    before = edition.current()

    send(desk)

    assert edition.current() == before


# The check of a whole library


def check():
    """Return the lines that check_photos prints for what is wrong."""
    lines = []

    class Out:
        def write(self, line):
            lines.append(line.strip())

    try:
        call_command("check_photos", stdout=Out())
    except CommandError as error:
        lines.append(str(error))
    return lines


def test_a_library_in_order_is_said_to_be(profile):
    create_photo()

    assert check() == ["写真1枚に問題はありません。"]


def lost(path):
    path.unlink()


def broken(path):
    path.write_bytes(path.read_bytes()[:200])


def with_traces(path):
    format = "AVIF" if path.suffix == ".avif" else "JPEG"
    path.write_bytes(from_phone(format, size=(480, 360)))


def with_something_behind_it(path):
    path.write_bytes(path.read_bytes() + b"35.681N 139.767E")


def of_another_size(path):
    path.write_bytes(
        encode(Image.new("RGB", (10, 10)), "AVIF" if path.suffix == ".avif" else "JPEG")
    )


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lost, "がありません。"),
        (broken, "を読み込めません。"),
        (with_traces, "に撮影の記録が残っています。"),
        (of_another_size, "の大きさが記録と違います（10×10）。"),
    ],
)
@pytest.mark.parametrize("format", ["avif", "jpeg"])
def test_a_fault_is_named_with_its_file(settings, spoil, sentence, format):
    file = create_photo().renditions.get(format=format, width=480).file
    spoil(settings.MEDIA_ROOT / file.name)

    [fault, total] = check()

    assert fault.endswith(f"{file.name} {sentence}")
    assert total == "1件の問題が見つかりました。"


def test_what_is_hidden_behind_a_jpeg_is_found(settings):
    file = create_photo().smallest.file
    with_something_behind_it(settings.MEDIA_ROOT / file.name)

    assert check()[0].endswith("に撮影の記録が残っています。")


def test_what_belongs_to_no_photo_and_what_a_photo_lacks_is_found(settings):
    photo = create_photo()
    Rendition.objects.filter(photo=photo, format="avif").delete()

    faults = check()

    assert f"写真{photo.pk}: AVIFのファイルがありません。" in faults
    assert sum(fault.startswith("どの写真のものでもない") for fault in faults) == 3


def test_a_portrait_from_before_is_checked_too(settings, profile):
    folder = settings.MEDIA_ROOT / "portraits"
    folder.mkdir(parents=True)
    (folder / "old.jpg").write_bytes(from_phone())
    Profile.objects.update(portrait="portraits/old.jpg")

    assert check()[0] == "肖像写真: portraits/old.jpg に撮影の記録が残っています。"


@pytest.mark.parametrize(
    ("spoil", "sentence"), [(lost, "がありません。"), (with_traces, "に撮影の記録が残っています。")]
)
def test_the_avif_of_a_portrait_is_checked_too(settings, profile, spoil, sentence):
    profile.portrait, profile.portrait_avif = take_in_portrait(upload())
    profile.save()
    spoil(settings.MEDIA_ROOT / profile.portrait_avif.name)

    [fault, _] = check()

    assert fault == f"肖像写真: {profile.portrait_avif.name} {sentence}"


def places(desk, photo):
    [shown] = re.findall(
        r'<div class="readonly">(.*?)</div>', desk.get(f"/admin/blog/photo/{photo.pk}/change/").text
    )[1:2]
    return shown


def test_what_is_only_written_at_the_desk_uses_a_photo_too(desk):
    photo = create_photo()
    post = create_post(title="夏まつり", body="本文です。")
    WorkingCopy.objects.write(post, None, body=photo.image_code)

    unused = desk.get("/admin/blog/photo/?use=unused").context["cl"].queryset

    assert not unused.exists()
    assert places(desk, photo) == f'<a href="/admin/blog/post/{post.pk}/change/">夏まつり</a>'


def test_a_report_and_its_changes_are_one_place_that_uses_a_photo(desk):
    photo = create_photo()
    post = create_post(title="夏まつり", body=photo.image_code)
    WorkingCopy.objects.write(post, None, body=f"{photo.image_code}{photo.image_code}")

    assert library.uses()[photo.pk] == [post]


def test_a_report_in_the_trash_that_uses_a_photo_is_said_to_be_there(desk):
    photo = create_photo()
    create_post(title="夏まつり", body=photo.image_code).trash()

    assert places(desk, photo).endswith(">夏まつり</a>(ごみ箱)")


def test_where_photos_are_used_is_asked_of_all_texts_at_once(django_assert_num_queries):
    photo = create_photo()
    for _ in range(3):
        WorkingCopy.objects.write(create_post(), None, body=photo.image_code)

    with django_assert_num_queries(4):
        assert len(library.uses()[photo.pk]) == 3


# Somebody who may not publish


@pytest.fixture
def drafter(client, profile):
    client.user = create_person("起草者")
    client.force_login(client.user)
    return client


def describe(client, photo, alt="別の説明"):
    return client.post(f"/admin/blog/photo/{photo.pk}/describe/", {"alt": alt})


def test_a_drafter_describes_and_exchanges_a_photo_of_their_own(drafter):
    photo, longer = create_photo(user=drafter.user), create_photo()
    create_post(body=photo.image_code, status="draft")
    create_post(body=longer.image_code.replace(str(longer.pk), f"{photo.pk}0"))

    assert describe(drafter, photo).json() == {"alt": "別の説明"}
    before = photo.sha256
    change(drafter, photo, image=upload(picture()))

    photo.refresh_from_db()
    assert photo.sha256 != before


def shown_on_a_report(photo):
    create_post(body=photo.image_code)


def shown_on_a_report_to_come(photo):
    create_post(body=photo.image_code, published_at=jst(2036, 8, 4, 10, 0))


def shown_on_a_page(photo):
    create_page(body=photo.image_code)


def shown_on_the_front_page(photo):
    Profile.objects.update(biography=photo.image_code)


def taken_in_by_somebody_else(photo):
    Photo.objects.update(uploaded_by=None)


@pytest.mark.parametrize(
    "so",
    [
        shown_on_a_report,
        shown_on_a_report_to_come,
        shown_on_a_page,
        shown_on_the_front_page,
        taken_in_by_somebody_else,
    ],
)
def test_a_photo_that_citizens_see_is_changed_by_editors_alone(drafter, so):
    photo = create_photo(user=drafter.user, alt="駅前")
    so(photo)

    sentence = (
        "公開中のページに載っている写真と、ほかの人が登録した写真は、編集者だけが変えられます。"
    )
    refused = describe(drafter, photo)
    assert (refused.status_code, refused.json()) == (403, {"message": sentence})
    assert change(drafter, photo, alt="別の説明", image=upload(picture())).status_code == 403
    assert sentence in drafter.get(f"/admin/blog/photo/{photo.pk}/change/").text
    assert list(Photo.objects.values_list("alt", "sha256")) == [("駅前", photo.sha256)]


@pytest.mark.parametrize("address", [UPLOAD, "/admin/blog/photo/add/"])
def test_a_photo_in_the_trash_stays_there_where_a_drafter_sends_the_same_file(drafter, address):
    content = picture()
    photo = library.add(upload(content), alt="駅前").photo
    photo.trash()

    response = drafter.post(address, {"image": upload(content)})

    text = response.json()["message"] if address == UPLOAD else response.text
    assert "もとに戻せるのは、編集者だけです。" in text
    assert Photo.objects.trashed().exists()


def test_a_photo_that_nothing_shows_is_taken_in_and_no_page_is_another(drafter):
    before = edition.current()

    drafter.post("/admin/blog/photo/add/", {"image": upload(picture()), "alt": " 駅前 "})

    photo = Photo.objects.get()
    assert (photo.alt, photo.uploaded_by) == ("駅前", drafter.user)
    assert edition.current() == before
