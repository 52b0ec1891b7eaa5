import threading

import pytest
from django.core.signals import request_finished, request_started


@pytest.fixture(autouse=True)
def _leave_the_site_before_its_database_is_emptied(request):
    """Close the browser before the tests' data goes: a desk saves once more when it is left."""
    if not {"live_server", "context"} <= set(request.fixturenames):
        yield
        return
    # In this order, so that they end in the other one.
    request.getfixturevalue("live_server")
    context = request.getfixturevalue("context")
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
    context.close()
    with answered:
        answered.wait_for(lambda: under_way <= 0, timeout=10)
    request_started.disconnect(starts)
    request_finished.disconnect(ends)
