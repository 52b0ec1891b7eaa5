import pytest

from blog.photos import library
from tests.factories import jst

from .whole_site import Site


@pytest.fixture
def site(client, db, time_machine, settings, monkeypatch, take_in_once):
    """A whole site, three days before its polling day."""
    monkeypatch.setattr(library, "take_in", take_in_once)
    settings.ALLOWED_HOSTS = ["mihon.example.jp", "testserver"]
    time_machine.move_to(jst(2023, 4, 20, 10, 0), tick=False)
    return Site(client)


@pytest.fixture
def on_polling_day(site, time_machine):
    """A whole site at noon of its polling day, with its administrator signed in."""
    time_machine.move_to(jst(2023, 4, 23, 12, 0), tick=False)
    site.sign_in()
    return site
