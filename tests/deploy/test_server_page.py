"""docs/server.md: what its commands name is there, and its way to another database arrives."""

import json
import os
import re
import shlex
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import (
    CommandError,
    call_command,
    get_commands,
    load_command_class,
)

from blog.models import Post
from tests.deploy.programs import DEPLOY

PAGE = (settings.BASE_DIR / "docs/server.md").read_text()
LINES = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
MANAGED = [shlex.split(line)[1:] for line in LINES if line.startswith("deploy/manage ")]


def test_the_page_has_commands():
    assert len(LINES) > 50
    assert {name for name, *_ in MANAGED} >= {"setup_site", "migrate", "collectstatic"}


def test_the_files_the_commands_name_are_there():
    for word in (word for line in LINES for word in shlex.split(line)):
        if re.match(r"(deploy|requirements)/", word):
            assert (settings.BASE_DIR / word).is_file(), word
        if re.fullmatch(r"homepage[a-z-]*\.(service|timer)", word):
            assert (DEPLOY / word).is_file(), word


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        ("systemctl enable --now homepage.service homepage-backup.timer", "WantedBy="),
        ("systemctl reload homepage", "ExecReload="),
    ],
)
def test_the_units_take_the_command(line, needed):
    assert line in LINES
    for word in line.split():
        name = f"{word}.service" if word == "homepage" else word
        if name.startswith("homepage"):
            assert f"\n{needed}" in (DEPLOY / name).read_text()


@pytest.mark.parametrize("words", MANAGED, ids=" ".join)
def test_manage_py_knows_the_command_and_its_options(words):
    name, *options = words
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)
    parser.called_from_command_line = False

    try:
        parser.parse_args(options)
    except CommandError as error:
        pytest.fail(str(error))


def test_deploy_is_named_file_by_file():
    """What stands in deploy/ has its place on the page, and the helper can be run."""
    for path in DEPLOY.iterdir():
        assert f"deploy/{path.name}" in PAGE
    assert os.access(DEPLOY / "manage", os.X_OK)


@pytest.mark.django_db
def test_a_site_moves_from_sqlite_to_the_database_of_the_tests(tmp_path):
    environment = os.environ | {"DATA_DIR": str(tmp_path)}
    environment.pop("DATABASE_URL", None)

    def manage(*arguments):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    manage("migrate", "--verbosity=0")
    manage("load_sample")
    (dumpdata,) = [words for words in MANAGED if words[0] == "dumpdata"]
    # Without the place of the output, which comes last.
    *dumpdata, _, _ = dumpdata
    before = manage(*dumpdata)
    (tmp_path / "site.json").write_text(before)

    call_command("loaddata", tmp_path / "site.json", verbosity=0)

    call_command(*dumpdata, output=tmp_path / "after.json")
    # A moment less than a millisecond after a full second is written as that second.
    before = before.replace(".000Z", "Z")
    after = (tmp_path / "after.json").read_text()
    # The databases differ in where a text without a date stands.
    assert sorted(json.loads(after), key=str) == sorted(json.loads(before), key=str)
    assert Post.objects.published().exists()
    Post.objects.create(body="移った後の報告です。")
