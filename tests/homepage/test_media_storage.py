"""Pictures in a storage that speaks S3, over its real protocol."""

import os
import subprocess
import sys
import tarfile

import boto3
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from moto.server import ThreadedMotoServer

from blog.photos import library
from blog.photos.models import NotStored, Photo
from blog.sample import FOLDER
from homepage.settings import media_storage
from tests.factories import create_post
from tests.pictures import upload

PORTRAIT = (FOLDER / "portrait.jpg").read_bytes()


@pytest.fixture
def bucket(settings, monkeypatch):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "himitsu")
    monkeypatch.setenv("S3_BUCKET", "homepage")
    monkeypatch.setenv("S3_ENDPOINT_URL", address)
    bucket = boto3.resource("s3", endpoint_url=address, region_name="us-east-1").Bucket("homepage")
    bucket.create()
    settings.STORAGES = settings.STORAGES | {
        "default": media_storage("S3_BUCKET", "S3_ENDPOINT_URL")
    }
    yield bucket
    bucket.objects.all().delete()
    bucket.delete()
    server.stop()


def test_a_portrait_is_kept_there_and_served_from_the_sites_own_address(client, profile, bucket):
    profile.portrait.save("a.jpg", ContentFile(PORTRAIT))

    assert [kept.key for kept in bucket.objects.all()] == [profile.portrait.name]
    assert f'src="/media/{profile.portrait.name}"' in client.get("/").text
    response = client.get(f"/media/{profile.portrait.name}")
    assert b"".join(response) == PORTRAIT
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response["Cache-Control"]


@pytest.mark.usefixtures("bucket")
def test_a_picture_takes_the_place_of_no_other():
    names = [default_storage.save("portraits/a.jpg", ContentFile(text)) for text in (b"1", b"2")]

    assert [default_storage.open(name).read() for name in names] == [b"1", b"2"]


def test_a_picture_that_is_not_there_is_not_found(client, profile, bucket):
    assert client.get("/media/portraits/nothing.jpg").status_code == 404


def test_photos_are_kept_there_shown_from_the_site_and_taken_away_again(
    client, profile, bucket, django_capture_on_commit_callbacks
):
    photo = library.add(upload()).photo
    post = create_post(body=photo.image_code)

    assert {kept.key for kept in bucket.objects.all()} == {
        each.file.name for each in photo.renditions.all()
    }
    address = photo.smallest.get_absolute_url()
    assert address in client.get(post.get_absolute_url()).text
    assert client.get(address)["Content-Type"] == "image/jpeg"
    call_command("check_photos")

    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
    assert not list(bucket.objects.all())


def test_a_storage_that_takes_nothing_leaves_no_photo(db, bucket, settings, monkeypatch):
    monkeypatch.setenv("S3_BUCKET", "gone")
    storage = media_storage("S3_BUCKET", "S3_ENDPOINT_URL")
    settings.STORAGES = settings.STORAGES | {"default": storage}

    with pytest.raises(NotStored):
        library.add(upload())

    assert not Photo.objects.exists()


def test_a_backup_holds_the_pictures_that_are_kept_there(bucket, tmp_path):
    default_storage.save("portraits/a.jpg", ContentFile(b"picture"))

    for arguments in (["migrate", "--verbosity=0"], ["backup", str(tmp_path)]):
        subprocess.run(
            [sys.executable, settings.BASE_DIR / "manage.py", *arguments],
            env=os.environ | {"DATA_DIR": str(tmp_path / "var"), "DATABASE_URL": ""},
            timeout=60,
            check=True,
        )

    (file,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(file) as archive:
        assert archive.extractfile("media/portraits/a.jpg").read() == b"picture"
