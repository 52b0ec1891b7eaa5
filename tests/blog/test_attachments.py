"""PDFs that go with a report: taken in, listed, downloaded, and gone without a trace."""

import io
import re
import tarfile
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from pypdf import PdfWriter
from pypdf.errors import DependencyError

from blog.admin import PostAdmin
from blog.attachments import MOST_BYTES, take_in_pdf
from blog.models import Attachment, Post
from homepage import edition, trash
from tests.factories import (
    create_administrator,
    create_attachment,
    create_post,
    pdf_file,
)


@pytest.fixture
def admin(client, profile):
    client.force_login(create_administrator())
    return client


def send(admin, *files, post=None, **fields):
    """Send the desk's form with new attachments, or with other fields of the ones there are."""
    kept = list(post.attachments.all()) if post else []
    form = {
        "body": "議会だよりを発行しました。",
        "status": "published",
        "published_at": "2024-08-04T10:00",
        "change": "typo",
        "attachments-TOTAL_FORMS": len(kept) + len(files),
        "attachments-INITIAL_FORMS": len(kept),
    }
    for number, attachment in enumerate(kept):
        form[f"attachments-{number}-id"] = attachment.pk
        form[f"attachments-{number}-post"] = post.pk
        form[f"attachments-{number}-title"] = attachment.title
    for number, file in enumerate(files, start=len(kept)):
        form[f"attachments-{number}-file"] = file
    path = f"{post.pk}/change/" if post else "add/"
    return admin.post(f"/admin/blog/post/{path}", form | fields)


def errors(response):
    (formset,) = response.context["inline_admin_formsets"]
    return formset.formset.errors


def stored(settings):
    """Return the files that are stored: their names in `media`."""
    files = settings.MEDIA_ROOT.rglob("*.*")
    return sorted(str(file.relative_to(settings.MEDIA_ROOT)) for file in files)


def locked(password):
    """Return a PDF that opens with the password, or without one where it is empty."""
    writer = PdfWriter(clone_from=pdf_file(3))
    writer.encrypt(password, "himitsu", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def classic(*objects):
    """Return a PDF of these objects, of which the first is the root."""
    text = b"%PDF-1.4\n"
    for number, content in enumerate(objects, start=1):
        text += b"%d 0 obj %s endobj\n" % (number, content)
    return text + b"trailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


# The door


def test_a_pdf_is_taken_in_as_it_came_with_the_number_of_its_pages():
    file, pages = take_in_pdf(pdf_file(8, name="../../秘密.html"))

    assert pages == 8
    assert file.read() == pdf_file(8).read()
    assert file.name == "attachment.pdf"


def test_a_pdf_with_something_before_its_header_is_taken_in():
    assert take_in_pdf(ContentFile(b"\0" * 500 + pdf_file(2).read()))[1] == 2


def test_a_pdf_that_opens_without_a_password_is_taken_in():
    assert take_in_pdf(ContentFile(locked("")))[1] == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "PDFではないようです"),
        (b"<html><script>alert(1)</script>", "PDFではないようです"),
        (b"\0" * 1020 + pdf_file().read(), "PDFではないようです"),
        (b"%PDF-", "読み込めませんでした"),
        (b"%PDF-1.4\n<script>alert(1)</script>\n%%EOF", "読み込めませんでした"),
        (pdf_file(3).read()[:-200], "読み込めませんでした"),
        (locked("kotoba"), "パスワードや印刷の制限"),
    ],
    ids=["nothing", "html", "header too late", "header", "html behind it", "truncated", "locked"],
)
def test_what_nobody_could_read_is_refused_with_the_reason(content, reason):
    with pytest.raises(ValidationError, match=reason):
        take_in_pdf(ContentFile(content))


def test_an_encryption_that_needs_another_library_is_refused_with_the_reason(monkeypatch):
    def fail(*arguments, **options):
        raise DependencyError("cryptography>=3.1 is required for AES algorithm")

    # The tests have that library, a site has not.
    monkeypatch.setattr("blog.attachments.PdfReader", fail)

    with pytest.raises(ValidationError, match="パスワードや印刷の制限"):
        take_in_pdf(pdf_file())


def test_thirty_megabytes_are_taken_and_one_byte_more_is_not():
    content = pdf_file().read()
    largest = content + b"\n" * (MOST_BYTES - len(content))

    assert take_in_pdf(ContentFile(largest))[0].size == MOST_BYTES
    with pytest.raises(ValidationError, match="30MBまで"):
        take_in_pdf(ContentFile(largest + b"\n"))


@pytest.mark.parametrize(
    "content",
    [
        classic(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]>>"),
        classic(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 9>>"),
        classic(
            b"<</Type/Catalog/Pages 2 0 R>>",
            *(b"<</Type/Pages/Kids[%d 0 R %d 0 R]>>" % (each, each) for each in range(3, 60)),
            b"<</Type/Page>>",
        ),
        classic(b"1 0 R"),
        classic(b"<</Type/Catalog/Pages " + b"[" * 100_000),
        b"%PDF-1.4\nxref\n0 999999999\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n",
    ],
    ids=["cycle", "no page", "2 to the power of 57 pages", "itself", "depth", "numbers"],
)
def test_a_pdf_made_to_do_harm_is_refused_soon(content):
    with pytest.raises(ValidationError, match="読み込めませんでした"):
        take_in_pdf(ContentFile(content))


@pytest.mark.parametrize("length", range(0, len(pdf_file().read()), 97))
def test_half_a_pdf_is_refused_wherever_it_ends(length):
    with pytest.raises(ValidationError):
        take_in_pdf(ContentFile(pdf_file().read()[:length]))


# The writing desk


def test_a_pdf_is_attached_at_the_writing_desk_and_listed_on_both_pages(admin, client):
    send(admin, pdf_file(8), **{"attachments-0-title": "議会だより 第12号"})

    attachment = Attachment.objects.get()
    size = attachment.file.size
    assert (attachment.size, attachment.pages) == (size, 8)
    assert re.fullmatch(r"attachments/[0-9a-f-]{36}\.pdf", attachment.file.name)
    for path in (attachment.post.get_absolute_url(), "/2024/08/"):
        text = client.get(path).text
        assert f"議会だより 第12号（PDF、{size / 1024:.1f}KB、8ページ）" in text
        assert f'href="/media/{attachment.file.name}" download="議会だより 第12号.pdf"' in text
    assert (
        f"{size / 1024:.1f}KB、8ページ"
        in admin.get(f"/admin/blog/post/{attachment.post.pk}/change/").text
    )


def test_a_report_without_attachments_says_nothing_of_them(client, profile):
    post = create_post()

    assert "添付" not in client.get(post.get_absolute_url()).text
    assert "添付" not in client.get("/2024/08/").text


def test_the_name_of_the_file_is_the_title_where_none_is_written(admin):
    on_a_mac = unicodedata.normalize("NFD", "議会だより 第12号.pdf")

    send(admin, pdf_file(name=on_a_mac), pdf_file(name="長" * 200 + ".pdf"))

    assert [each.title for each in Attachment.objects.all()] == ["議会だより 第12号", "長" * 120]


def test_a_title_that_is_taken_away_comes_back(admin):
    post = create_attachment(title="議会だより").post

    send(admin, post=post, **{"attachments-0-title": ""})

    assert post.attachments.get().title == "議会だより"


def test_a_phone_is_asked_for_a_pdf(admin):
    assert 'accept="application/pdf"' in admin.get("/admin/blog/post/add/").text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html><script>alert(1)</script>", "PDFではないようです"),
        (pdf_file().read()[:-200], "読み込めませんでした"),
        (b"", "空です"),
        (locked("kotoba"), "パスワード"),
    ],
    ids=["html", "truncated", "nothing", "locked"],
)
def test_what_is_no_pdf_is_refused_at_its_field_and_nothing_is_kept(
    admin, settings, content, reason
):
    file = io.BytesIO(content)
    file.name = "議会だより.pdf"

    response = send(admin, pdf_file(), file)

    assert errors(response)[0] == {}
    assert list(errors(response)[1]) == ["file"]
    assert reason in errors(response)[1]["file"][0]
    assert not Post.objects.exists()
    assert stored(settings) == []


def test_a_pdf_is_missed_where_only_a_title_is_written(admin):
    response = send(admin, "", **{"attachments-0-title": "議会だより"})

    assert list(errors(response)[0]) == ["file"]


def test_a_fault_elsewhere_in_the_form_keeps_no_file(admin, settings):
    response = send(admin, pdf_file(), body="")

    assert response.status_code == 200
    assert stored(settings) == []


def test_a_database_that_fails_after_the_files_were_stored_keeps_none(admin, settings, monkeypatch):
    def fail(*arguments):
        assert len(stored(settings)) == 2
        raise DatabaseError

    monkeypatch.setattr(PostAdmin, "log_addition", fail)
    admin.raise_request_exception = False

    assert send(admin, pdf_file(), pdf_file()).status_code == 500
    assert not Post.objects.exists()
    assert stored(settings) == []


def test_a_database_that_refuses_an_attachment_keeps_no_file(settings, db):
    with pytest.raises(IntegrityError):
        create_attachment(pages=-1)

    assert stored(settings) == []


def test_a_change_that_fails_keeps_the_file_there_was(settings, db):
    attachment = create_attachment()
    before = stored(settings)
    attachment.file, attachment.pages = take_in_pdf(pdf_file(2))[0], -1

    with pytest.raises(IntegrityError):
        attachment.save()

    assert stored(settings) == before


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_is_kept_whatever_happens_then(admin, settings, monkeypatch):
    def fail(name):
        raise OSError("The storage is away.")

    post = create_attachment().post
    (old,) = stored(settings)
    monkeypatch.setattr(default_storage, "delete", fail)

    response = send(admin, post=post, **{"attachments-0-file": pdf_file(2)})

    assert response.status_code == 302
    attachment = post.attachments.get()
    assert attachment.pages == 2
    assert stored(settings) == sorted([old, attachment.file.name])


# Going


@pytest.fixture
def attachment(db):
    return create_attachment()


def from_the_form(admin, post):
    send(admin, post=post, **{"attachments-0-DELETE": "on"})


def from_the_form_with_another_file_chosen(admin, post):
    send(admin, post=post, **{"attachments-0-DELETE": "on", "attachments-0-file": pdf_file(2)})


def with_another_file(admin, post):
    send(admin, post=post, **{"attachments-0-file": pdf_file(2)})


def with_its_report(admin, post):
    post.trash()
    admin.post(f"/admin/blog/post/{post.pk}/delete-for-good/")


def with_many_reports(admin, post):
    Post.objects.filter(pk=post.pk).delete()


def with_the_trash(admin, post):
    post.trash()
    trash.empty(post.kept_until)


def in_bulk(admin, post):
    Attachment.objects.all().delete()


every_way = pytest.mark.parametrize(
    "remove",
    [
        from_the_form,
        from_the_form_with_another_file_chosen,
        with_another_file,
        with_its_report,
        with_many_reports,
        with_the_trash,
        in_bulk,
    ],
)


@every_way
def test_a_file_goes_with_its_row_and_not_before_that_is_certain(
    admin, attachment, settings, remove, django_capture_on_commit_callbacks
):
    old = attachment.file.name

    with django_capture_on_commit_callbacks() as after_commit:
        remove(admin, attachment.post)

    assert not Attachment.objects.filter(file=old).exists()
    assert old in stored(settings)
    for callback in after_commit:
        callback()
    assert stored(settings) == [each.file.name for each in Attachment.objects.all()]


@every_way
def test_a_file_stays_where_its_going_is_rolled_back(
    admin, attachment, settings, remove, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        remove(admin, attachment.post)
        transaction.set_rollback(True)

    assert attachment.file.name in stored(settings)
    assert Attachment.objects.get() == attachment


def test_the_file_of_another_report_stays(attachment, settings, django_capture_on_commit_callbacks):
    other = create_attachment()

    with django_capture_on_commit_callbacks(execute=True):
        attachment.post.delete()

    assert stored(settings) == [other.file.name]


# For readers


def test_it_is_a_download_that_no_browser_opens_on_the_site(client, attachment):
    response = client.get(f"/media/{attachment.file.name}")

    assert b"".join(response) == pdf_file().read()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].endswith("; sandbox")


@pytest.mark.parametrize("around", ["attachments/../", "./"])
def test_it_is_a_download_by_every_address(client, attachment, around):
    response = client.get(f"/media/{around}{attachment.file.name}")

    assert response["Content-Disposition"] == "attachment"


@pytest.mark.parametrize(
    ("size", "words"),
    [(900, "900バイト"), (87_000, "85.0KB"), (1_258_291, "1.2MB"), (MOST_BYTES, "30.0MB")],
)
def test_the_size_is_told_as_readers_know_it(size, words):
    assert Attachment(size=size, pages=1).extent == f"{words}、1ページ"


def test_a_title_cannot_break_the_page(client, profile):
    create_attachment(title='"><script>alert(1)</script>')

    assert "<script>alert" not in client.get("/2024/08/").text


@pytest.mark.parametrize(("status", "editions"), [("published", 1), ("draft", 0)])
def test_it_makes_an_edition_where_its_report_concerns_readers(db, status, editions):
    post = create_post(status=status)

    for change in (
        lambda: create_attachment(post=post),
        lambda: post.attachments.get().save(),
        lambda: post.attachments.get().delete(),
    ):
        before = edition.current()
        change()
        assert edition.current() == before + editions


@pytest.mark.django_db(transaction=True)
def test_a_backup_holds_it(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "secret_key").touch()
    attachment = create_attachment()

    call_command("backup", tmp_path / "backups")

    with tarfile.open(max((tmp_path / "backups").iterdir())) as archive:
        kept = archive.extractfile(f"media/{attachment.file.name}").read()
    assert kept == pdf_file().read()
