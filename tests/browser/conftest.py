import threading

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import expect

# What has to come may take a busy machine its time; what comes at once keeps nobody waiting.
expect.set_options(timeout=30_000)


@pytest.fixture(autouse=True)
def _leave_the_site_before_its_database_is_emptied(request):
    """Close the browser before the tests' data goes: a desk saves once more when it is left."""
    if not {"live_server", "new_context"} <= set(request.fixturenames):
        yield
        return
    # In this order, so that they end in the other one.
    request.getfixturevalue("live_server")
    request.getfixturevalue("new_context")
    browser = request.getfixturevalue("browser")
    answered, under_way = threading.Condition(), 0

    def count(by):
        nonlocal under_way
        with answered:
            under_way += by
            answered.notify_all()

    def starts(**kwargs):
        count(1)

    def ends(**kwargs):
        count(-1)

    request_started.connect(starts)
    request_finished.connect(ends)
    yield
    for context in browser.contexts:
        # What is sent so late might come in after the others have been waited for.
        context.set_offline(True)
        context.close()
    with answered:
        answered.wait_for(lambda: under_way <= 0, timeout=60)
    request_started.disconnect(starts)
    request_finished.disconnect(ends)
