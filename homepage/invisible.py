"""Characters that nobody means to write."""

import re

# PostgreSQL refuses NUL, XML (the feeds) refuses the other control characters, UTF-8 has no lone
# surrogates; bidirectional overrides turn round the text after them, and of the rest nothing is seen.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)
