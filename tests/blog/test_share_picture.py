"""The picture that others show beside a link: what it shows, when it changes, when it is gone."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from blog import sharing
from blog.photos import lettering, library, share_picture
from blog.photos.share_picture import PAPER_WIDTH, SIZE, Card
from homepage import page_cache
from tests.factories import create_post, create_profile, jst
from tests.pictures import encode, upload

RED, BLUE = (200, 30, 30), (30, 30, 200)
WORDS = lettering.japanese()
assert WORDS, "These tests need a Japanese font, such as the package fonts-noto-cjk."


@pytest.fixture(autouse=True)
def _forget_what_other_tests_drew():
    share_picture._jpeg.cache_clear()


@pytest.fixture
def without_font(monkeypatch):
    monkeypatch.setattr(share_picture, "japanese", lambda: None)


def plain(colour, size=(900, 600)):
    return encode(Image.new("RGB", size, colour), "JPEG", quality=95)


def post_with_photo(colour=RED, **fields):
    photo = library.add(upload(plain(colour))).photo
    return create_post(body=f"駅前です。\n\n{photo.image_code}", **fields), photo


def picture_of(client, post=None):
    """Return the picture that the page names, and the answer that it came with."""
    profile = sharing.Profile.objects.current()
    if post:
        post.refresh_from_db()
    response = client.get(sharing.picture_address(profile, post))
    assert response["Content-Type"] == "image/jpeg"
    assert len(response.content) <= 150_000
    picture = Image.open(io.BytesIO(response.content))
    assert picture.size == SIZE == (1200, 630)
    return picture.convert("RGB"), response


def is_near(pixel, colour):
    return all(abs(one - other) < 12 for one, other in zip(pixel, colour, strict=True))


def has_ink(picture, box):
    """Return whether something dark is drawn there."""
    return picture.convert("L").crop(box).getextrema()[0] < 100


def test_the_photo_stands_on_the_right_and_the_words_on_paper(client, profile):
    post, _ = post_with_photo(title="夏まつり")

    picture, _ = picture_of(client, post)

    assert is_near(picture.getpixel((PAPER_WIDTH + 5, 5)), RED)
    assert is_near(picture.getpixel((1195, 625)), RED)
    assert is_near(picture.getpixel((5, 5)), (251, 249, 244))
    assert has_ink(picture, (56, 130, 604, 240))
    assert has_ink(picture, (56, 470, 604, 580))


def test_a_report_without_a_photo_shows_the_portrait(client, profile):
    profile.portrait.save("a.jpg", ContentFile(plain(BLUE)))

    picture, _ = picture_of(client, create_post())

    assert is_near(picture.getpixel((900, 300)), BLUE)
    assert is_near(picture_of(client)[0].getpixel((900, 300)), BLUE)


@pytest.mark.usefixtures("without_font")
def test_without_a_japanese_font_there_are_no_words(client, profile):
    post, _ = post_with_photo(title="夏まつり")

    picture, _ = picture_of(client, post)

    colours = [colour for _, colour in picture.getcolors(1_000_000)]
    assert all(is_near(colour, RED) for colour in colours)


@pytest.mark.usefixtures("without_font")
def test_without_font_and_photo_there_is_the_paper(client, profile):
    picture, _ = picture_of(client, create_post())

    assert is_near(picture.getpixel((600, 300)), (251, 249, 244))


@pytest.mark.parametrize("broken", [None, b"", b"\xff\xd8\xff\xe0 no picture"])
def test_a_photo_that_is_missing_or_broken_gives_way_to_the_portrait(client, profile, broken):
    profile.portrait.save("a.jpg", ContentFile(plain(BLUE)))
    post, photo = post_with_photo()
    for each in photo.renditions.all():
        default_storage.delete(each.file.name)
        if broken is not None:
            default_storage.save(each.file.name, ContentFile(broken))

    picture, _ = picture_of(client, post)

    assert is_near(picture.getpixel((900, 300)), BLUE)


def test_a_file_that_is_there_again_is_shown_again(client, profile):
    post, photo = post_with_photo()
    largest = photo.renditions.filter(format="jpeg").last().file.name
    with default_storage.open(largest) as file:
        content = file.read()
    default_storage.delete(largest)
    picture_of(client, post)

    default_storage.save(largest, ContentFile(content))

    assert is_near(picture_of(client, post)[0].getpixel((900, 300)), RED)


def test_any_change_of_what_it_shows_gives_it_another_address(profile):
    post, photo = post_with_photo(title="夏まつり")
    addresses = [sharing.picture_address(profile, post)]

    def change(thing, **fields):
        for name, value in fields.items():
            setattr(thing, name, value)
        thing.save()
        post.refresh_from_db()
        addresses.append(sharing.picture_address(profile, post))

    change(post, title="秋まつり")
    change(profile, office="見本県議会議員")
    change(profile, given_name="華子")
    change(profile, accent="#1f4e8c")
    library.replace(photo, upload(plain(BLUE)))
    change(post)
    photo.refresh_from_db()
    photo.trash()
    change(post)
    assert len(set(addresses)) == 7

    change(post, body="駅前でした。")
    change(profile, email="betsu@example.jp")
    assert len(set(addresses)) == 7


def test_a_link_that_was_shared_before_shows_the_picture_of_today(client, profile):
    post, photo = post_with_photo(RED)
    before = sharing.picture_address(profile, post)
    _, response = picture_of(client, post)
    assert "immutable" in response["Cache-Control"]
    assert "s-maxage=1" in response["Cache-Control"].split(", ")

    library.replace(photo, upload(plain(BLUE)))

    response = client.get(before)
    picture = Image.open(io.BytesIO(response.content))
    assert is_near(picture.getpixel((900, 300)), BLUE)
    assert "max-age=0" in response["Cache-Control"]
    assert "immutable" not in response["Cache-Control"]


def test_a_photo_in_the_trash_is_in_no_picture(client, profile):
    post, photo = post_with_photo()
    before = sharing.picture_address(profile, post)

    photo.trash()

    picture = Image.open(io.BytesIO(client.get(before).content))
    assert is_near(picture.getpixel((900, 300)), (251, 249, 244))


def test_what_is_not_public_has_no_picture(client, profile):
    withdrawn = create_post()
    address = sharing.picture_address(profile, withdrawn)
    withdrawn.withdraw()

    assert client.get(address).status_code == 404
    for post in (create_post(status="draft"), create_post(published_at=jst(2099, 1, 1))):
        assert client.get(f"/share-picture/{post.pk}-{'0' * 12}.jpg").status_code == 404


@pytest.mark.parametrize("name", ["0", "01", "999999999999999999", "site"])
def test_what_is_no_picture_is_not_found(client, db, name):
    assert client.get(f"/share-picture/{name}-{'0' * 12}.jpg").status_code == 404


def test_the_page_cache_keeps_no_picture():
    environ = {"REQUEST_METHOD": "GET", "wsgi.url_scheme": "http", "HTTP_HOST": "localhost"}

    assert page_cache.is_for_everybody(environ | {"PATH_INFO": "/archive/"})
    assert not page_cache.is_for_everybody(environ | {"PATH_INFO": "/share-picture/1-0.jpg"})


def test_the_questions_it_asks_are_few(client, profile, django_assert_num_queries):
    post, _ = post_with_photo()
    address = sharing.picture_address(profile, post)

    with django_assert_num_queries(3):
        client.get(address)


def test_a_picture_full_of_details_is_small_enough(profile):
    noise = Image.effect_noise((1600, 1600), 120).convert("RGB")
    file = default_storage.save("photos/a.jpg", ContentFile(encode(noise, "JPEG", quality=95)))

    assert len(share_picture.jpeg(sharing.card_of(profile), file)) <= 150_000


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "題" * 120, "office": "役職" * 40, "name": "名" * 81, "seal": "姓" * 40},
        {"title": "A" * 120, "office": "B" * 80, "name": "C" * 81, "seal": "D" * 40},
        {"title": "🎆" * 10, "office": "🎆", "name": "🎆", "seal": "🎆"},
        {"title": "。" * 120, "office": "「" * 80, "name": " ", "seal": " "},
    ],
)
def test_any_words_are_set(db, fields):
    card = sharing.card_of(create_profile())._replace(**fields)

    assert share_picture.jpeg(card)


# -- Japanese lines ---------------------------------------------------------------------------


def lines(text, most=None, width=320):
    """Return the text in lines of ten full-width characters."""
    found = WORDS.lines(text, 32, width)
    return WORDS.shortened(found, 32, width, most) if most else found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # No 、。」 at the start of a line, no 「 at its end.
        ("あいうえおかきくけこ。さ", ["あいうえおかきくけ", "こ。さ"]),
        ("あいうえおかきくけ「こ」さ", ["あいうえおかきくけ", "「こ」さ"]),
        ("あいうえおかきくけキャベツ", ["あいうえおかきくけ", "キャベツ"]),
        # A line ends after a phrase where the rest fits on the next.
        ("訓練で見えた、三つの宿題です", ["訓練で見えた、", "三つの宿題です"]),
        ("一般質問の報告 避難所のこと", ["一般質問の報告", "避難所のこと"]),
        # Words and numbers in ASCII stay whole.
        ("あいうえおかきくけ2024年", ["あいうえおかきくけ", "2024年"]),
        ("あいうえおかきくけこさ", ["あいうえおかきくけこ", "さ"]),
        ("", [""]),
    ],
)
def test_lines_end_where_japanese_may(text, expected):
    assert lines(text) == expected


def test_what_does_not_fit_ends_in_dots():
    text = "あいうえおかきくけこ" * 4

    assert lines(text, most=2) == ["あいうえおかきくけこ", "あいうえおかきくけ…"]
    assert lines("短い", most=2) == ["短い"]


def test_no_line_is_wider_than_its_room():
    font = WORDS.in_size(32)

    for text in ("。" * 50, "「" * 50, "W" * 50, "あ、" * 50, "https://mihon.example.jp/2024/08/"):
        assert max(map(font.getlength, lines(text, most=3))) <= 320


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("髙﨑 𠮷", "髙﨑 𠮷"),
        ("祝🎆花火", "祝花火"),
        ("か\u3099", "が"),
        ("葛\U000e0100飾\u200b", "葛飾"),
        ("二\n行", "二 行"),
    ],
)
def test_what_the_font_has_no_sign_for_is_left_out(text, expected):
    assert WORDS.readable(text) == expected


@pytest.mark.parametrize("found", ["/nowhere.ttf\n0", "", "nonsense", "DejaVu"])
def test_a_font_without_japanese_is_none(monkeypatch, found, tmp_path):
    # Pillow's own, which writes Latin.
    latin = lettering.ImageFont.load_default(20)
    if found == "DejaVu":
        path = tmp_path / "latin.ttf"
        latin.font_bytes and path.write_bytes(latin.font_bytes)
        found = f"{path}\n0"
    monkeypatch.setattr(lettering, "PLACES", [])
    monkeypatch.setattr(
        lettering.subprocess, "run", lambda *_, **__: type("Found", (), {"stdout": found})
    )

    assert lettering.japanese.__wrapped__() is None


def test_a_card_of_the_same_words_has_the_same_address():
    card = Card("題名", "", "役職", "名前", "姓", "#35634a", "", "")

    assert card.digest == Card(*card).digest != card._replace(title="題").digest
