import io
import xml.etree.ElementTree as ElementTree

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from homepage.qr import drawing
from tests.factories import create_page, create_post, create_profile, jst

ADDRESS = "https://mihon.example.jp/2024/08/123/"


def decode(picture):
    return zxingcpp.read_barcode(picture).text


def paint(svg):
    """Draw the SVG's one path of horizontal strokes, as a browser would, 8 pixels a millimetre."""
    root = ElementTree.fromstring(svg)
    side = int(root.get("viewBox").split()[2])
    picture = Image.new("L", (side * 8, side * 8), "white")
    draw = ImageDraw.Draw(picture)
    for stroke in root[1].get("d").split("M")[1:]:
        start, length = stroke.split("h")
        x, y = (float(part) for part in start.split())
        draw.rectangle(
            [x * 8, (y - 0.5) * 8, (x + int(length)) * 8 - 1, (y + 0.5) * 8 - 1],
            fill="black",
        )
    return picture


def test_another_program_reads_the_svg():
    assert decode(paint(drawing.svg(ADDRESS))) == ADDRESS


def test_another_program_reads_the_png():
    assert decode(Image.open(io.BytesIO(drawing.png(ADDRESS)))) == ADDRESS


def test_four_white_modules_surround_the_code():
    picture = paint(drawing.svg(ADDRESS))

    left, top, right, bottom = picture.point(lambda value: 255 - value).getbbox()

    assert {left, top, picture.width - right, picture.height - bottom} == {4 * 8}


def test_its_sizes_are_millimetres_of_one_a_module():
    root = ElementTree.fromstring(drawing.svg(ADDRESS))

    # 37 bytes at level M are version 3: 29 modules, and the margin on both sides.
    assert root.get("width") == root.get("height") == "37mm"
    assert root.get("viewBox") == "0 0 37 37"


def test_black_stands_on_white_without_styles():
    root = ElementTree.fromstring(drawing.svg(ADDRESS))

    assert [root[0].get("fill"), root[1].get("stroke")] == ["#fff", "#000"]
    assert "style" not in drawing.svg(ADDRESS)


def test_an_address_that_is_not_ascii_is_refused():
    with pytest.raises(ValueError, match="not ASCII"):
        drawing.svg("https://見本.example.jp/")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("front", "/"),
        ("archive", "/archive/"),
        ("2024", "/2024/"),
        ("2024/08", "/2024/08/"),
        ("policies", "/policies/"),
    ],
)
def test_each_page_has_the_code_of_its_own_address(client, profile, name, path):
    create_post(published_at=jst(2024, 8, 4, 10, 0))
    create_page(slug="policies")

    svg = client.get(f"/qr/{name}.svg")
    png = client.get(f"/qr/{name}.png")

    assert svg["Content-Type"] == "image/svg+xml"
    assert decode(paint(svg.content)) == f"https://mihon.example.jp{path}"
    assert decode(Image.open(io.BytesIO(png.content))) == f"https://mihon.example.jp{path}"


@pytest.mark.parametrize(
    "name",
    [
        "2024/8",
        "2024/09",
        "2023",
        "2024/08/999",
        "nonsense",
        "admin",
        "admin/login",
        "qr/front",
        "a//b",
        "-",
        "category/x",
    ],
)
def test_what_is_no_page_of_its_own_has_no_code(client, profile, name):
    create_post(published_at=jst(2024, 8, 4, 10, 0))

    assert client.get(f"/qr/{name}.svg").status_code == 404


def test_a_draft_has_no_code(client, profile):
    draft = create_post(status="draft")

    assert client.get(f"/qr/2024/08/{draft.pk}.svg").status_code == 404


def test_a_site_that_is_not_set_up_has_no_code(client, db):
    assert client.get("/qr/front.svg").status_code == 404


def test_the_sites_address_is_kept_without_a_slash_at_its_end(db):
    assert create_profile(address="https://mihon.example.jp/").address == "https://mihon.example.jp"
