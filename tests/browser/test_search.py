"""Searching in a real browser."""

import re

from playwright.sync_api import expect

from tests.browser.keyboard import press_until_focused


def test_a_reader_searches_filters_and_reads_by_keyboard_alone(page, sample_site):
    page.goto(sample_site)

    press_until_focused(page, "検索")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/")
    press_until_focused(page, "ことば")
    page.keyboard.type("献血")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    expect(page.get_by_role("article")).to_have_count(4)

    press_until_focused(page, "年")
    # The newest is the first; typed digits have to come within a second of each other.
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("年")).to_have_value("2024")
    press_until_focused(page, "検索する")
    page.keyboard.press("Enter")
    page.wait_for_url("**year=2024**")
    press_until_focused(page, "献血バスで聞いた、若い人の数のこと")
    page.keyboard.press("Enter")

    page.wait_for_url("**/2024/08/*/")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^献血バス"))
