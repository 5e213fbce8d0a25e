"""Small changes that must not change a label: typos, greetings, signatures, emoji, quoted replies, paragraph order.

Every change moves the trigger spans with the text, so augmented messages still teach the trigger head.
"""

import random
import re

from .corpus import Row

GREETINGS = [
    "Hi,", "Hello,", "Hi there,", "Hey,", "Good morning,", "Dear support team,", "Hello team,", "Hi all,", "To whom it may concern,",
    "hey guys", "Dear Sir or Madam,", "Good afternoon,", "hiya", "Hi support,", "Greetings,", "@support", "@AcmeHelp",
]
SIGNATURES = [
    "Thanks", "Regards,\nSam", "Kind regards,\nPriya Nair", "Best,\nTom", "Cheers", "Thank you,\nMaria Lopez\nOffice Manager",
    "Sent from my iPhone", "Best regards,\nJ. Becker\n+49 30 000000", "Sincerely,\nA. Cole", "--\nDana Whitfield\nHead of Operations",
    "Thx", "Yours faithfully,\nR. Okafor", "Many thanks,\nLi", "Br,\nMikko", "Get Outlook for Android",
]
EMOJI = ["🙂", "😀", "🙏", "👍", "📦", "😅", "🤔", "✨", "💬", "📱"]
QUOTES = [
    "> On Tue, support wrote:\n> Thank you for contacting us. We have received your request.",
    "On Mon, 3 Mar 2025 at 10:12, Help Desk <help@example.com> wrote:\n> Your ticket has been created and will be answered soon.",
    "-----Original Message-----\nFrom: Support\nSubject: Your request\nWe will get back to you within two business days.",
    "> Hi, thanks for reaching out! Could you tell us more?",
]
_KEYS = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "t": "r", "s": "d", "r": "t", "l": "k", "d": "f"}


class Draft:
    """A text under change, with spans that follow."""

    def __init__(self, text: str, spans: list[dict]):
        self.text, self.spans = text, [dict(span) for span in spans]

    def replace(self, start: int, end: int, new: str) -> None:
        shift = len(new) - (end - start)
        self.text = self.text[:start] + new + self.text[end:]
        for span in self.spans:
            if span["start"] >= end:
                span["start"] += shift
            if span["end"] >= end:
                span["end"] += shift

    def prefix(self, text: str) -> None:
        self.replace(0, 0, text)

    def suffix(self, text: str) -> None:
        self.text += text


def typos(draft: Draft, rng: random.Random, rate: float = 0.05) -> None:
    """Swapped, dropped, doubled or neighbouring letters inside words of four letters and more."""
    for match in reversed(list(re.finditer(r"[A-Za-z]{4,}", draft.text))):
        if rng.random() > rate:
            continue
        at = rng.randrange(match.start() + 1, match.end() - 1)
        a, b = draft.text[at], draft.text[at + 1]
        kind = rng.randrange(4)
        if kind == 0:
            draft.replace(at, at + 2, b + a)
        elif kind == 1:
            draft.replace(at, at + 1, "")
        elif kind == 2:
            draft.replace(at, at + 1, a + a)
        else:
            draft.replace(at, at + 1, _KEYS.get(a.lower(), a))


def greeting(draft: Draft, rng: random.Random) -> None:
    draft.prefix(rng.choice(GREETINGS) + rng.choice(["\n", "\n\n", " "]))


def signature(draft: Draft, rng: random.Random) -> None:
    draft.suffix(rng.choice(["\n\n", "\n"]) + rng.choice(SIGNATURES))


def emoji(draft: Draft, rng: random.Random) -> None:
    draft.suffix(" " + rng.choice(EMOJI))


def quoted_reply(draft: Draft, rng: random.Random) -> None:
    draft.suffix("\n\n" + rng.choice(QUOTES))


def shuffle_paragraphs(draft: Draft, rng: random.Random) -> None:
    """Only where no trigger span crosses a break, so spans can move with their paragraph."""
    breaks = [match.span() for match in re.finditer(r"\n+", draft.text)]
    if not 1 <= len(breaks) <= 12:
        return
    edges = [0, *[edge for pair in breaks for edge in pair], len(draft.text)]
    parts = [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
    homes = []
    for span in draft.spans:
        home = next((k for k, (a, b) in enumerate(parts) if a <= span["start"] and span["end"] <= b), None)
        if home is None:
            return
        homes.append((span, home, span["start"] - parts[home][0]))
    order = list(range(len(parts)))
    rng.shuffle(order)
    text, moved = "", {}
    for k in order:
        moved[k] = len(text) + (1 if text else 0)
        text += ("\n" if text else "") + draft.text[parts[k][0]:parts[k][1]]
    for span, home, offset in homes:
        length = span["end"] - span["start"]
        span["start"] = moved[home] + offset
        span["end"] = span["start"] + length
    draft.text = text


def unmask(draft: Draft, rng: random.Random) -> None:
    """Drops the XXXX masks of the complaint register, which would otherwise say `complaint register` to the model."""
    for match in reversed(list(re.finditer(r"(?:X{2,}[/ ]?)+", draft.text))):
        if rng.random() < 0.7:
            draft.replace(match.start(), match.end(), rng.choice(["", "the company ", "March ", "them ", "12 "]))


def variant(row: Row, rng: random.Random) -> Row:
    draft = Draft(row.text, row.labels.get("triggers", []))
    unmask(draft, rng)
    for change, chance in ((typos, 0.6), (shuffle_paragraphs, 0.15), (emoji, 0.1), (signature, 0.3), (greeting, 0.3), (quoted_reply, 0.08)):
        if rng.random() < chance:
            change(draft, rng)
    labels = dict(row.labels)
    if draft.spans or "triggers" in labels:
        labels["triggers"] = [span for span in draft.spans if span["end"] > span["start"]]
    return Row(row.id, draft.text, row.source, labels, row.licence, row.lang, row.style)
