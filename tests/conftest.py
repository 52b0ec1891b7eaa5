import os
import shutil
import tempfile

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from blog import counts, search, withheld
from blog.photos import library
from blog.photos.intake import take_in
from homepage.elections import calendar
from homepage.models import Profile
from tests.factories import create_profile, create_roles

# Playwright keeps an event loop in the thread of the tests, where Django then refuses to work.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


# Pages are tested with the sources' own names; the names and the compression that a real site
# has, in test_run.py.
django_settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)

# In a file, as on a real site: in memory, the browser's server would share the tests' connection.
if django_settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    django_settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = (
        f"{tempfile.gettempdir()}/homepage-tests-{os.getpid()}.sqlite3"
    )


@pytest.fixture(autouse=True)
def _settings_of_tests(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    # The real one takes its time on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _forget_the_editions_of_other_tests():
    counts.back_numbers.forget()
    counts.categories.forget()
    search.vocabulary.forget()
    counts.tags.forget()
    withheld.files.forget()
    calendar.elections.forget()


@pytest.fixture
def profile(db):
    """The site of somebody, set up."""
    return create_profile()


@pytest.fixture
def roles(db):
    """The roles that people may get, which a test that empties the database takes along."""
    create_roles()


@pytest.fixture(scope="session")
def take_in_once():
    """Take the same picture in once for all tests: it takes half a second."""
    known = {}

    def take_in_once(file):
        digest = library.sha256(file)
        if digest not in known:
            known[digest] = take_in(file)
        return known[digest]

    return take_in_once


@pytest.fixture
def sample_site(live_server, roles, take_in_once, monkeypatch):
    """The invented site, served; return its address."""
    with monkeypatch.context() as patch:
        patch.setattr(library, "take_in", take_in_once)
        call_command("load_sample", verbosity=0)
    Profile.objects.update(address=live_server.url)
    return live_server.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        "executable_path": shutil.which("chromium"),
        "args": ["--no-sandbox", "--disable-background-networking"],
    }
