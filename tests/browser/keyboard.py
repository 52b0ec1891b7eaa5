"""Going through a page by keyboard alone."""


def press_until_focused(page, name, within="body"):
    """Press the Tab key until what has this name, or this label, has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        focused = page.locator(f"{within} :focus")
        if focused.count():
            words = focused.evaluate("element => (element.labels?.[0] ?? element).innerText")
            if " ".join(words.split()) == name:
                return
    raise AssertionError(f"{name} is never reached by the Tab key")
