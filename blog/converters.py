"""The parts of addresses. Only ASCII digits count: `\\d` would take the digits of every script."""


class YearConverter:
    regex = "[0-9]{4}"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return f"{value:04}"


class MonthConverter:
    regex = "[0-9]{1,2}"

    def to_python(self, value):
        month = int(value)
        if not 1 <= month <= 12:
            raise ValueError("a year has twelve months")
        return month

    def to_url(self, value):
        return f"{value:02}"


class NumberConverter:
    """The number of a report or a tag. Longer ones than a database knows are no numbers."""

    regex = "[0-9]{1,18}"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return str(value)
