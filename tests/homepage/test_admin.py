"""The admin of the site itself: profile, pages, people."""

import io
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from PIL import Image, ImageCms

from homepage.models import Page, Profile
from tests.factories import create_administrator, create_page, create_profile

PROFILE = {
    "family_name": "見本",
    "given_name": "花子",
    "family_name_reading": "みほん",
    "given_name_reading": "はなこ",
    "office": "見本市議会議員",
    "email": "mihon@example.jp",
    "address": "https://mihon.example.jp",
    "accent": "#35634a",
    "links-TOTAL_FORMS": 0,
    "links-INITIAL_FORMS": 0,
}


@pytest.fixture
def admin(client, db):
    client.force_login(create_administrator())
    return client


def messages(response):
    return [str(message) for message in response.context["messages"]]


def test_the_admin_speaks_japanese_and_names_the_politician(admin, profile):
    html = admin.get("/admin/").text

    assert '<html lang="ja"' in html
    assert "見本 花子 サイト管理" in html
    assert 'href="/admin/blog/post/add/">活動報告を書く' in html


def test_the_profile_opens_at_once(admin, profile):
    assert admin.get("/admin/homepage/profile/")["Location"] == "/admin/homepage/profile/1/change/"


def test_the_first_profile_is_made_in_the_admin_where_there_is_none(admin):
    assert admin.get("/admin/homepage/profile/")["Location"] == "/admin/homepage/profile/add/"

    admin.post("/admin/homepage/profile/add/", PROFILE)

    assert Profile.objects.current().name == "見本 花子"


def test_there_is_no_second_profile_and_no_way_to_delete_the_first(admin, profile):
    assert admin.get("/admin/homepage/profile/add/").status_code == 403
    assert admin.get("/admin/homepage/profile/1/delete/").status_code == 403


def test_a_colour_too_pale_for_text_is_adjusted_and_the_administrator_is_told(admin, profile):
    response = admin.post(
        "/admin/homepage/profile/1/change/",
        PROFILE | {"accent": "#FFE000"},
        follow=True,
    )

    assert (
        "サイトの色 #FFE000 は文字に使うと読みにくいため、#786900 に濃くして表示します。"
        in messages(response)
    )


def test_a_legible_colour_is_taken_without_a_word(admin, profile):
    response = admin.post(
        "/admin/homepage/profile/1/change/",
        PROFILE | {"accent": "#1F4E8C"},
        follow=True,
    )

    assert not any("サイトの色" in message for message in messages(response))


@pytest.mark.parametrize("field", ["email", "family_name", "address"])
def test_what_every_page_must_say_cannot_be_left_out(admin, profile, field):
    response = admin.post("/admin/homepage/profile/1/change/", PROFILE | {field: ""})

    assert field in response.context["adminform"].form.errors


def test_a_wrong_colour_is_refused(admin, profile):
    response = admin.post("/admin/homepage/profile/1/change/", PROFILE | {"accent": "red;}"})

    assert "色は #35634a のように" in str(response.context["adminform"].form.errors)


def picture(format="JPEG", size=(300, 200), mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, size, "red").save(file, format, **options)
    file.seek(0)
    file.name = f"顔写真.{format.lower()}"
    return file


def send_portrait(admin, file):
    return admin.post("/admin/homepage/profile/1/change/", PROFILE | {"portrait": file})


def stored(settings):
    return {f"portraits/{path.name}" for path in settings.MEDIA_ROOT.glob("portraits/*")}


def test_a_portrait_is_turned_upright_and_loses_every_trace(admin, profile):
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: lies on its side
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[2] = (35.0, 39.0, 0.0)  # GPSLatitude
    upload = picture(exif=exif, comment=b"serial 12345")

    send_portrait(admin, upload)

    profile.refresh_from_db()
    for file in (profile.portrait, profile.portrait_avif):
        stored = file.open().read()
        assert Image.open(io.BytesIO(stored)).size == (200, 300)
        assert not any(trace in stored for trace in (b"Exif", b"PhoneMaker", b"serial", b"GPS"))
        assert "顔写真" not in file.name
    assert (profile.portrait_width, profile.portrait_height) == (200, 300)


def test_a_portrait_with_a_colour_profile_is_turned_upright_too(admin, profile):
    exif = Image.Exif()
    exif[0x0112] = 6
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    send_portrait(admin, picture(exif=exif, icc_profile=srgb))

    profile.refresh_from_db()
    assert (profile.portrait_width, profile.portrait_height) == (200, 300)
    assert b"ICC_PROFILE" not in profile.portrait.open().read()


def test_a_broken_colour_profile_is_no_reason_to_refuse_a_portrait(admin, profile):
    send_portrait(admin, picture(icc_profile=b"broken"))

    profile.refresh_from_db()
    assert profile.portrait


def test_broken_exif_is_no_reason_either(admin, profile):
    send_portrait(admin, picture(exif=b"Exif\0\0garbage"))

    profile.refresh_from_db()
    assert profile.portrait


def test_sixteen_bits_a_pixel_keep_their_shades(admin, profile):
    file = io.BytesIO()
    Image.new("I;16", (30, 20), 128 * 256).save(file, "PNG")
    file.seek(0)
    file.name = "a.png"

    send_portrait(admin, file)

    profile.refresh_from_db()
    with Image.open(profile.portrait.open()) as stored:
        assert abs(stored.getpixel((5, 5))[0] - 128) <= 2


def test_a_picture_of_too_many_pixels_is_refused_with_the_reason(admin, profile, settings):
    response = send_portrait(admin, picture("PNG", size=(10_000, 6_001), mode="1"))

    assert "6000万画素まで" in str(response.context["adminform"].form.errors)
    assert not settings.MEDIA_ROOT.exists()


def test_a_portrait_that_was_replaced_is_gone(
    admin, profile, settings, django_capture_on_commit_callbacks
):
    send_portrait(admin, picture())
    first = stored(settings)

    with django_capture_on_commit_callbacks(execute=True):
        send_portrait(admin, picture(size=(30, 20)))
        assert first < stored(settings)

    profile.refresh_from_db()
    assert stored(settings) == {profile.portrait.name, profile.portrait_avif.name}
    assert first.isdisjoint(stored(settings))


def test_a_portrait_that_was_removed_is_gone(
    admin, client, profile, settings, django_capture_on_commit_callbacks
):
    send_portrait(admin, picture())

    with django_capture_on_commit_callbacks(execute=True):
        admin.post("/admin/homepage/profile/1/change/", PROFILE | {"portrait-clear": "on"})

    profile.refresh_from_db()
    assert not profile.portrait_avif
    assert not stored(settings)
    assert "顔写真" not in client.get("/").text


def test_a_portrait_stays_while_other_answers_change(
    admin, profile, settings, django_capture_on_commit_callbacks
):
    send_portrait(admin, picture())

    with django_capture_on_commit_callbacks(execute=True):
        admin.post("/admin/homepage/profile/1/change/", PROFILE | {"party": "見本の会"})

    profile.refresh_from_db()
    assert profile.party == "見本の会"
    assert stored(settings) == {profile.portrait.name, profile.portrait_avif.name}


def test_a_form_that_is_refused_leaves_no_portrait(admin, profile, settings):
    admin.post(
        "/admin/homepage/profile/1/change/", PROFILE | {"portrait": picture(), "email": "nobody"}
    )

    assert not stored(settings)


@pytest.mark.parametrize(
    ("format", "mode"),
    [
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("JPEG", "CMYK"),
        ("JPEG", "L"),
        ("WEBP", "RGB"),
        ("GIF", "P"),
    ],
)
def test_pictures_of_many_kinds_become_a_jpeg(admin, profile, format, mode):
    send_portrait(admin, picture(format, mode=mode))

    profile.refresh_from_db()
    with Image.open(profile.portrait.open()) as stored:
        assert (stored.format, stored.mode) == ("JPEG", "RGB")


def test_a_large_portrait_is_made_small(admin, profile):
    send_portrait(admin, picture(size=(4000, 3000)))

    profile.refresh_from_db()
    assert (profile.portrait_width, profile.portrait_height) == (1600, 1200)
    assert Image.open(profile.portrait_avif.open()).size == (640, 480)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture().read()[:200],
    ],
    ids=["nothing", "html", "svg", "half a picture"],
)
def test_what_is_no_picture_is_refused_and_not_stored(admin, profile, settings, content):
    upload = io.BytesIO(content)
    upload.name = "写真.jpg"

    response = send_portrait(admin, upload)

    assert "portrait" in response.context["adminform"].form.errors
    assert not settings.MEDIA_ROOT.exists()


def test_the_portrait_is_shown_with_its_size_and_served(admin, client, profile):
    send_portrait(admin, picture())
    profile.refresh_from_db()

    html = client.get("/").text

    assert f'<source type="image/avif" srcset="{profile.portrait_avif.url}"><img' in html
    assert f'src="{profile.portrait.url}" width="300" height="200" alt="見本 花子の顔写真"' in html
    for file, format in ((profile.portrait, "jpeg"), (profile.portrait_avif, "avif")):
        response = client.get(file.url)
        assert response["Content-Type"] == f"image/{format}"
        assert response["X-Content-Type-Options"] == "nosniff"


def make_avif_of_present_portrait():
    import_module("homepage.migrations.0009_first_portrait_avif").make_avif_of_present_portrait(
        apps, None
    )


def test_a_portrait_from_before_gets_its_avif(client, profile):
    profile.portrait = ContentFile(picture(size=(1200, 900)).read(), name="a.jpg")
    profile.save()
    assert "image/avif" not in client.get("/").text

    make_avif_of_present_portrait()

    profile.refresh_from_db()
    assert Image.open(profile.portrait_avif.open()).size == (640, 480)
    assert profile.portrait_avif.url in client.get("/").text


def test_a_portrait_from_before_that_is_lost_or_broken_is_left_as_it_is(client, profile, settings):
    profile.portrait = ContentFile(picture().read(), name="a.jpg")
    profile.save()
    file = settings.MEDIA_ROOT / profile.portrait.name

    file.write_bytes(b"broken")
    make_avif_of_present_portrait()
    file.unlink()
    make_avif_of_present_portrait()

    front = client.get("/").text
    assert f'<picture class="profile-portrait"><img src="{profile.portrait.url}"' in front


def test_a_page_is_written_with_a_preview(admin, profile):
    admin.post(
        "/admin/homepage/page/add/",
        {
            "title": "政策",
            "slug": "policies",
            "body": "本文",
            "order": 0,
            "is_published": "on",
            "in_menu": "on",
        },
    )

    assert Page.objects.published().get().title == "政策"
    assert (
        admin.post("/admin/homepage/page/preview/", {"content": "# 見出し"}).text
        == "<h2>見出し</h2>"
    )


def test_a_page_of_a_taken_address_is_refused_in_japanese(admin, profile):
    create_page(slug="policies")

    response = admin.post(
        "/admin/homepage/page/add/",
        {"title": "政策", "slug": "policies", "body": "本文", "order": 0},
    )

    assert "既に存在します" in str(response.context["adminform"].form.errors)


def test_the_people_who_may_sign_in_are_listed(admin, profile):
    assert admin.get("/admin/accounts/user/").status_code == 200


def test_staff_may_change_only_what_they_have_permission_for(client, db):
    create_profile()
    user = create_administrator(username="staff")
    user.is_superuser = False
    user.save()
    user.user_permissions.add(Permission.objects.get(codename="change_page"))
    client.force_login(user)

    assert client.post("/admin/homepage/page/preview/", {"content": "a"}).status_code == 200
    assert client.post("/admin/homepage/profile/preview/", {"content": "a"}).status_code == 403
    assert client.get("/admin/homepage/profile/1/change/").status_code == 403
