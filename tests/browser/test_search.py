"""Searching in a real browser."""

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
    assert page.get_by_role("article").count() == 4

    press_until_focused(page, "年")
    page.keyboard.type("2024")
    press_until_focused(page, "検索する")
    page.keyboard.press("Enter")
    page.wait_for_url("**year=2024**")
    press_until_focused(page, "献血バスで聞いた、若い人の数のこと")
    page.keyboard.press("Enter")

    page.wait_for_url("**/2024/08/*/")
    assert page.get_by_role("heading", level=1).inner_text().startswith("献血バス")
