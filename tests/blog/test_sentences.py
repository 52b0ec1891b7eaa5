import pytest

from blog.sentences import first_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一つ目。二つ目。三つ目です。", "一つ目。二つ目。"),
        ("短い。", "短い。"),
        ("", ""),
        # A heading is no sentence, and no full stop follows it.
        ("準備\n人手です。", "準備 人手です。"),
        ("「はい。そう。」と。次の文です。", "「はい。そう。」と。"),
        ("本当ですか！？次です。", "本当ですか！？次です。"),
        ("句点のない長い文が続き、いつまでも終わらない", "句点のない長い文が続…"),
        ("閉じない「かっこ。\n次の文。", "閉じない「かっこ。"),
    ],
)
def test_it_takes_whole_sentences_as_far_as_they_fit(text, expected):
    assert first_sentences(text, most=11) == expected
