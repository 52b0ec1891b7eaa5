"""A month and a report on A4: drawn as a printer does, and looked at page by page."""

import datetime

import pypdfium2
import pytest
import zxingcpp
from django.utils import timezone
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from blog.photos.models import Photo
from homepage.models import Profile
from tests.factories import create_election, create_page, create_post, jst

# A4 in points.
A4, MARGIN = (595, 842), 20 / 25.4 * 72
# What is for the screen alone.
NAVIGATION = [
    *("本文へ移動", "プロフィール", "前の月", "次の月", "前の報告", "次の報告"),
    *("LINEで送る", "共有する", "アドレスをコピー", "SVG", "だけを開く", "すべての月"),
]

# A browser that prints waits for the pictures that it has not needed on the screen; its driver does not.
ALL_PICTURES = """
    Promise.all([...document.images].map((image) => {
        image.loading = "eager";
        return image.decode();
    })).then(() => null)
"""


class Printed:
    """The pages that Chromium prints: their text, photos and codes."""

    def __init__(self, page, address):
        page.goto(address)
        page.evaluate(ALL_PICTURES)
        self.pdf = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
        self.sizes = {tuple(round(side) for side in each.get_size()) for each in self.pdf}
        self.texts = [each.get_textpage().get_text_bounded() for each in self.pdf]

    def last_words(self, number):
        """Return the lowest piece of text on a page, and what stands in its margin below."""
        text = self.pdf[number].get_textpage()
        boxes = [text.get_rect(each) for each in range(text.count_rects())]
        lowest = min((box for box in boxes if box[1] > MARGIN), key=lambda box: box[1])
        return text.get_text_bounded(*lowest), text.get_text_bounded(top=MARGIN)

    def photos(self):
        """Return left, bottom, right and top of every photo, page by page, in points."""
        return [
            [each.get_bounds() for each in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE])]
            for page in self.pdf
        ]

    def codes(self, number):
        """Return what a phone reads on a page, as a printer of 200 dots an inch draws it."""
        picture = self.pdf[number].render(scale=200 / 72).to_pil()
        return [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.fixture
def busy_month(sample_site):
    """The address of a month with so many photos that every kind of page break comes up."""
    Photo.objects.update(caption="写真の下の文")
    photos = list(Photo.objects.order_by("pk"))
    for day in range(1, 25):
        shown = [photos[(day + each) % len(photos)].image_code for each in range(day % 4)]
        create_post(
            title=f"{day}日の題名" if day % 5 else "",
            body="\n\n".join(
                [
                    *shown[:1],
                    "道路課から返事をもらいました。" * (3 * day % 17),
                    *shown[1:],
                    "## 残った宿題",
                    "- 一つ目\n- 二つ目",
                    "|費目|額|\n|---|--:|\n" + "|間仕切り|120,000円|\n" * (day % 7 + 1),
                ]
            ),
            published_at=jst(2023, 3, day, 10, 0),
        )
    return f"{sample_site}/2023/03/"


def test_a_busy_month_is_printed_whole(page, busy_month):
    printed = Printed(page, busy_month)

    assert printed.sizes == {A4}
    # A photo that is cut would stand on two pages.
    photos = printed.photos()
    assert sum(map(len, photos)) == sum(day % 4 for day in range(1, 25))
    for left, bottom, right, top in (photo for of_page in photos for photo in of_page):
        assert 0 < left < right < A4[0]
        assert 0 < bottom < top < A4[1]
        assert (right - left) / (top - bottom) == pytest.approx(3 / 2, rel=0.02)
    # Each with its words.
    assert [text.count("写真の下の文") for text in printed.texts] == [*map(len, photos)]
    count = len(printed.texts)
    for number in range(count):
        words, below = printed.last_words(number)
        assert below == f"{number + 1} / {count}"
        # No heading stays behind when its text goes to the next page.
        assert not words.endswith(("題名", "残った宿題", "額", "費目"))
    assert printed.codes(0) == [busy_month]
    assert busy_month in printed.texts[0]
    assert "mihon@example.jp" in printed.texts[-1]


@pytest.mark.parametrize("path", ["/2024/08/", "/2024/", "/archive/", "/category/disaster/", "/"])
def test_navigation_stays_on_the_screen(page, sample_site, path):
    text = "\n".join(Printed(page, sample_site + path).texts)

    assert [word for word in NAVIGATION if word in text] == []


def test_a_report_is_printed_with_its_code_and_contact(page, sample_site):
    photos = [photo.image_code for photo in Photo.objects.all()[:4]]
    texts = ["道路課から返事をもらいました。" * 20] * 4
    post = create_post(
        title="通学路の点検",
        body="\n\n".join(each for pair in zip(texts, photos, strict=True) for each in pair),
    )
    address = sample_site + post.get_absolute_url()

    printed = Printed(page, address)

    text = "\n".join(printed.texts)
    assert len(printed.texts) > 1
    assert sum(map(len, printed.photos())) == 4
    assert [printed.codes(number) for number in range(len(printed.texts))].count([address]) == 1
    assert address in text
    assert "mihon@example.jp" in text
    assert "通学路の点検" in printed.texts[0]
    assert [word for word in NAVIGATION if word in text] == []


def test_what_a_screen_scrolls_is_whole_on_paper(page, sample_site):
    cells = [f"欄{number}" for number in range(1, 15)]
    table = "\n".join([f"|{'|'.join(cells)}|", "|---" * 14 + "|", f"|{'|'.join(cells)}|"])
    code = "    " + "字" * 100 + "終"
    create_page(slug="wide", body=f"{table}\n\n本文\n\n{code}")

    printed = Printed(page, f"{sample_site}/wide/")

    text = "".join(printed.texts[0].split())
    assert text.count("欄14") == 2
    assert "字終" in text


def test_in_a_campaign_a_notice_with_the_contact_is_printed_instead(page, sample_site):
    Profile.objects.update(email="hanako@mihonshi.jp")
    today = timezone.localdate()
    create_election(
        announced_on=today - datetime.timedelta(days=1),
        polling_on=today + datetime.timedelta(days=6),
        accepted_at=timezone.now() - datetime.timedelta(hours=1),
    )

    for path in ["/", "/2024/08/", "/nowhere/"]:
        [text] = Printed(page, sample_site + path).texts

        assert "選挙運動の期間中は、このページを紙に印刷できません。" in text
        assert "見本 花子 hanako@mihonshi.jp" in text
        assert "バックナンバー" not in text


def test_a_greeting_is_not_printed_by_itself_or_in_its_month(page, sample_site):
    greeting = create_post(
        body="新年おめでとうございます。", tag_names="挨拶", published_at=jst(2023, 1, 1, 0, 0)
    )
    create_post(body="補正予算を審議しました。", published_at=jst(2023, 1, 20, 0, 0))

    by_itself = "".join(Printed(page, sample_site + greeting.get_absolute_url()).texts)
    of_month = "".join(Printed(page, f"{sample_site}/2023/01/").texts)

    for text in (by_itself, of_month):
        assert "このあいさつは、紙に印刷できません。" in text
        assert "新年おめでとうございます。" not in text
    assert "補正予算を審議しました。" in of_month
