import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat

from blog.photos import intake
from blog.photos.intake import take_in
from tests.pictures import display_p3, encode, exif, from_phone, scene, upload

FORMATS = ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF"]
RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 30), (30, 30, 200), (245, 245, 245)


def decoded(encoded):
    return Image.open(io.BytesIO(encoded.content)).convert("RGB")


def corners(picture):
    """Return the colours of the corners, from the upper left by rows."""
    right, lower = picture.width - 20, picture.height - 20
    return [picture.getpixel(at) for at in ((20, 20), (right, 20), (20, lower), (right, lower))]


def looks_like(colours, others, tolerance=12):
    return all(
        abs(one - other) <= tolerance
        for colour, another in zip(colours, others, strict=True)
        for one, other in zip(colour, another, strict=True)
    )


@pytest.mark.parametrize("format", FORMATS)
def test_a_picture_becomes_three_sizes_in_two_formats(format):
    sizes = take_in(upload(encode(scene(2000, 1500), format))).sizes

    assert [(each.format, each.width, each.height) for each in sizes] == [
        ("avif", 480, 360),
        ("jpeg", 480, 360),
        ("avif", 960, 720),
        ("jpeg", 960, 720),
        ("avif", 1600, 1200),
        ("jpeg", 1600, 1200),
    ]
    for each in sizes:
        picture = decoded(each)
        assert picture.size == (each.width, each.height)
        assert looks_like(corners(picture), [RED, GREEN, BLUE, WHITE])


def test_a_small_picture_is_not_made_larger():
    assert [each.width for each in take_in(upload(encode(scene(300, 200), "PNG"))).sizes] == [
        300
    ] * 2


@pytest.mark.parametrize("format", FORMATS)
def test_no_trace_is_left_in_any_size(format):
    content = from_phone(format)
    assert b"TRACE" in content or format in ("PNG", "HEIF", "AVIF")

    for each in take_in(upload(content)).sizes:
        assert not [
            trace
            for trace in (b"TRACE", b"Exif", b"xpacket", b"Photoshop", b"ICC_PROFILE", b"GPS")
            if trace in each.content
        ]
        kept = Image.open(io.BytesIO(each.content))
        assert not kept.getexif()
        assert not {"exif", "xmp", "comment", "icc_profile", "photoshop"} & kept.info.keys()


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_however_the_phone_was_held(format, orientation):
    upright = scene(640, 480)
    # What undoes the turn of each orientation makes the picture that asks for it.
    undo = {6: 8, 8: 6}.get(orientation, orientation)
    tag = Image.Exif()
    tag[274] = undo
    held = Image.open(io.BytesIO(encode(upright, "PNG", exif=tag)))
    held = ImageOps.exif_transpose(held)
    held.info.clear()
    lossless = {"lossless": True} if format == "WEBP" else {}

    taken = take_in(upload(encode(held, format, exif=exif(orientation), **lossless)))

    largest = decoded(taken.sizes[-1])
    assert largest.size == (640, 480)
    assert max(ImageStat.Stat(ImageChops.difference(largest, upright)).mean) < 3
    assert ("向きを直しました" in taken.done) == (orientation != 1)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_the_colours_of_a_wide_screen_stay_the_same_to_the_eye(format):
    colours = [(200, 80, 60), (90, 170, 90), (70, 90, 190), (220, 180, 150), (128, 128, 128)]
    for colour in colours:
        picture = Image.new("RGB", (64, 64), colour)
        options = {"quality": 100, "subsampling": 0} if format == "JPEG" else {"quality": 100}
        wide = encode(picture, format, icc_profile=display_p3(), **options)

        for each in take_in(upload(wide)).sizes:
            assert distance(lab(colour, display_p3()), lab(decoded(each).getpixel((32, 32)))) <= 3


def lab(colour, profile=None):
    """Return a colour of a profile, sRGB unless it is given, as CIE L*a*b*."""
    source = (
        ImageCms.ImageCmsProfile(io.BytesIO(profile)) if profile else ImageCms.createProfile("sRGB")
    )
    swatch = Image.new("RGB", (1, 1), colour)
    transform = ImageCms.buildTransform(source, ImageCms.createProfile("LAB"), "RGB", "LAB")
    lightness, a, b = ImageCms.applyTransform(swatch, transform).getpixel((0, 0))
    return lightness * 100 / 255, a - 128, b - 128


def distance(one, other):
    """Return the colour difference ΔE*ab (CIE 1976)."""
    return sum((mine - yours) ** 2 for mine, yours in zip(one, other, strict=True)) ** 0.5


def test_the_writer_is_told_what_was_done():
    assert take_in(upload(from_phone("JPEG", orientation=6))).done == [
        "位置情報を消しました",
        "向きを直しました",
    ]
    assert take_in(upload(from_phone("GIF"))).done == ["撮影の記録を消しました"]
    assert take_in(upload()).done == []


def test_of_a_moving_picture_the_first_frame_stays():
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "blue")]
    content = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])

    taken = take_in(upload(content))

    assert looks_like([decoded(taken.sizes[0]).getpixel((30, 30))], [(255, 0, 0)])
    assert taken.done == ["動く画像は最初の1枚にしました"]


@pytest.mark.parametrize(
    ("picture", "format"),
    [
        (scene(200, 150).convert("CMYK"), "JPEG"),
        (scene(200, 150).convert("RGBA"), "PNG"),
        (scene(200, 150).convert("P"), "PNG"),
        (scene(200, 150).convert("P"), "GIF"),
    ],
)
@pytest.mark.parametrize("name", ["写真.jpg", "photo", "x.html"])
def test_a_picture_of_any_kind_is_taken_under_any_name(picture, format, name):
    for each in take_in(upload(encode(picture, format), name)).sizes:
        assert looks_like(corners(decoded(each)), [RED, GREEN, BLUE, WHITE], tolerance=40)


@pytest.mark.parametrize("mode", ["L", "LA", "1", "I;16"])
def test_a_grey_picture_stays_grey(mode):
    value = {"1": 1, "I;16": 65535, "LA": (255, 255)}.get(mode, 255)
    content = encode(Image.new(mode, (60, 60), value), "PNG")

    assert looks_like([decoded(take_in(upload(content)).sizes[0]).getpixel((9, 9))], [(255,) * 3])


def test_what_is_transparent_becomes_white():
    content = encode(Image.new("RGBA", (60, 60), (0, 0, 0, 0)), "PNG")

    assert looks_like([decoded(take_in(upload(content)).sizes[0]).getpixel((9, 9))], [(255,) * 3])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"GIF89a=1;alert(1)//",
        b"%PDF-1.7",
        *[from_phone(format)[:cut] for format in FORMATS for cut in (1, 20, 300)],
        *[encode(scene(), format)[: -len(encode(scene(), format)) // 2] for format in FORMATS],
    ],
)
def test_what_is_no_whole_picture_is_refused_with_a_sentence(content):
    with pytest.raises(ValidationError, match="写真をお選びください"):
        take_in(upload(content))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_that_would_fill_the_memory_is_refused():
    bomb = encode(Image.new("1", (13_000, 13_000)), "PNG")
    assert len(bomb) < 100_000

    with pytest.raises(ValidationError, match="写真が大きすぎます"):
        take_in(upload(bomb))


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(intake, "MOST_BYTES", 1000)

    with pytest.raises(ValidationError, match="写真のファイルが大きすぎます"):
        take_in(upload())


def test_what_hides_behind_a_picture_is_left_out():
    content = encode(scene(200, 150), "GIF") + b"<script>alert(1)</script>"

    assert not [each for each in take_in(upload(content)).sizes if b"script" in each.content]


def test_without_the_part_that_reads_heic_a_sentence_says_so(monkeypatch):
    monkeypatch.setattr(intake, "FORMATS", ["JPEG"])
    monkeypatch.setattr(intake, "UNREADABLE", "読めません。")
    monkeypatch.setattr(intake, "HEIF_MISSING", "HEICを読む部品がありません。")

    with pytest.raises(ValidationError, match="HEICを読む部品"):
        take_in(upload(encode(scene(), "HEIF")))
    with pytest.raises(ValidationError, match="読めません"):
        take_in(upload(encode(scene(), "PNG")))
