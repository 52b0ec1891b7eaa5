import threading

import pytest
from playwright.sync_api import expect

# What has to come may take a busy machine its time; what comes at once keeps nobody waiting.
expect.set_options(timeout=30_000)


@pytest.fixture(autouse=True)
def _leave_the_site_before_its_database_is_emptied(request):
    """Close the browser before the tests' data goes: a desk saves once more when it is left."""
    if not {"live_server", "browser"} <= set(request.fixturenames):
        yield
        return
    # In this order, so that they end in the other one.
    request.getfixturevalue("live_server")
    request.getfixturevalue("new_context")
    browser = request.getfixturevalue("browser")
    yield
    for context in browser.contexts:
        # Leaving sends nothing any more; what was sent before is waited for.
        context.set_offline(True)
        context.close()
    for thread in answering():
        thread.join(timeout=60)


def answering():
    """Return the server's threads: one for each connection, which ends when that is closed and all
    that came by it has been answered."""
    return [each for each in threading.enumerate() if "process_request_thread" in each.name]
