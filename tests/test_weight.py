"""How much a phone has to load."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from blog.models import Post
from homepage.models import Profile


def sheets_of(client, html):
    for href in re.findall(r'<link rel="stylesheet" href="([^"]+)"', html):
        if href.startswith("/static/"):
            with open(finders.find(href.removeprefix("/static/")), "rb") as sheet:
                yield sheet.read()
        else:
            yield client.get(href).content


@pytest.mark.usefixtures("roles")
def test_a_month_of_five_reports_and_its_style_weigh_less_than_14_kilobytes(client):
    call_command("load_sample", verbosity=0)
    Post.objects.filter(published_month=202408).first().delete()

    response = client.get("/2024/08/")

    assert response.context["month"].count == 5
    files = [response.content, *sheets_of(client, response.text)]
    assert sum(len(gzip.compress(file, 9)) for file in files) <= 14_000


@pytest.mark.usefixtures("roles")
def test_the_portrait_of_the_front_page_arrives_with_the_first_packets(client):
    call_command("load_sample", verbosity=0)

    portrait = Profile.objects.current().portrait_avif

    assert portrait.url in client.get("/").text
    assert portrait.size <= 12_000
