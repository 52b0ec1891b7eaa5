import pytest
from django.test import RequestFactory

from homepage.wsgi import application


@pytest.mark.django_db(transaction=True)  # Django closes the connection between requests.
@pytest.mark.parametrize(
    "charset", ["charset=hex", "charset=undefined", "charset*=bogus''%ff", "Charset = idna"]
)
def test_a_charset_that_a_stranger_names_changes_nothing(charset):
    answers = []
    environ = RequestFactory().get("/?a=b").environ
    environ["CONTENT_TYPE"] = f"text/html; {charset}"

    application(environ, lambda status, headers: answers.append(status))

    assert answers == ["200 OK"]
