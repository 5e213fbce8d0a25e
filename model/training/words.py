"""Text to words with offsets. THE specification of the normalisation: the TypeScript side does exactly this.

1. Runs that match LINK become the word `url`, EMAIL `email`, MENTION `user` (tried in this order at every position).
2. Otherwise character by character: control and format characters (category C*) and U+FFFD are dropped (tab, line feed and
   carriage return are white space), white space ends a word, punctuation (ASCII non-alphanumeric or category P*), other
   symbols (category So, emoji among them) and CJK ideographs are words of one character, anything else extends the word.
3. A run of three or more of the same ASCII letter is cut to two (case is ignored). Lower-casing and the removal of
   accents are the tokenizer's own first step (BertNormalizer), word by word, so offsets never move.
"""

import re
import unicodedata
from typing import NamedTuple

LINK = r"(?:https?://|www\.)\S+"
EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
MENTION = r"@[A-Za-z0-9_]+"
_MASKS = re.compile(f"({LINK})|({EMAIL})|({MENTION})", re.ASCII)
_MASK_WORDS = ("url", "email", "user")
_LONG_RUN = re.compile(r"([a-z])\1{2,}", re.IGNORECASE | re.ASCII)
# \S in LINK is ASCII white space here and Unicode white space in JavaScript, so both sides cut at the first of either.
_UNICODE_SPACE = re.compile(r"[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\v\f]")
_CJK = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
        (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))


class Word(NamedTuple):
    text: str
    start: int  # offsets in code points of the text as given (UTF-16 units on the TypeScript side)
    end: int


def _is_punctuation(char: str) -> bool:
    code = ord(char)
    if 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126:
        return True
    return unicodedata.category(char).startswith("P")


def _is_cjk(char: str) -> bool:
    code = ord(char)
    return any(low <= code <= high for low, high in _CJK)


def words(text: str) -> list[Word]:
    found: list[Word] = []
    position = 0
    for match in _MASKS.finditer(text):
        if match.start() < position:
            continue
        end = match.end()
        if match.lastindex == 1:
            cut = _UNICODE_SPACE.search(text, match.start(), end)
            end = cut.start() if cut else end
        found += _plain_words(text, position, match.start())
        found.append(Word(_MASK_WORDS[match.lastindex - 1], match.start(), end))
        position = end
    return found + _plain_words(text, position, len(text))


def _plain_words(text: str, start: int, stop: int) -> list[Word]:
    found: list[Word] = []
    letters: list[str] = []
    begin = end = start

    def flush() -> None:
        if letters:
            found.append(Word(_LONG_RUN.sub(r"\1\1", "".join(letters)), begin, end))
            letters.clear()

    for index in range(start, stop):
        char = text[index]
        category = unicodedata.category(char)
        if char in "\t\n\r" or category.startswith("Z"):
            flush()
        elif category.startswith("C") or char == "\ufffd":
            continue
        elif _is_punctuation(char) or category == "So" or _is_cjk(char):
            flush()
            found.append(Word(char, index, index + 1))
        else:
            if not letters:
                begin = index
            letters.append(char)
            end = index + 1
    flush()
    return found


def joined(text: str) -> str:
    """The words with single spaces: what the tokenizer is trained on and what batch encoding uses (same ids, faster)."""
    return " ".join(word.text for word in words(text))
