"""Small changes that must not change a label: typos, greetings, signatures, emoji, quoted replies, paragraph order.

Every change moves the trigger spans with the text, so augmented messages still teach the trigger head.
"""

import random
import re

from .corpus import Row

SALUTES = [
    "Hi", "Hello", "Hi there", "Hey", "Good morning", "Good afternoon", "Good evening", "Dear", "Hello dear", "hiya", "Greetings", "hey guys", "Morning",
    "To whom it may concern", "Hello again", "Dear Sir or Madam", "yo", "Hallo", "Good day", "@support", "@AcmeHelp",
]
ADDRESSEES = ["", "", "", "team", "all", "support", "support team", "folks", "customer service", "help desk", "everyone", "friends", "there team", "helpdesk team"]
CLOSINGS = [
    "Thanks", "Thank you", "Regards", "Kind regards", "Best regards", "Best", "Cheers", "Sincerely", "Yours faithfully", "Many thanks", "Thx", "Br",
    "With best wishes", "Warmly", "Thanks a lot", "Ta", "Respectfully", "Best wishes", "Thanks in anticipation", "Have a nice day", "Take care", "", "--", "Mit freundlichen Grüßen",
]
ROLES = ["Office Manager", "Head of Operations", "Accounts Payable", "Store manager", "IT administrator", "Owner", "Procurement", "Team lead", "Operations", "HR", "CTO", "Assistant"]
FOOTERS = ["Sent from my iPhone", "Get Outlook for Android", "Sent from my Samsung Galaxy", "+49 30 000000", "Tel. 020 0000 0000", "Sent via web form", "Ref: 20931"]
FIRST = """Sam Priya Tom Maria Dana Li Mikko Elif Kofi Ana Jonas Fatima Wei Olga Pedro Nadia Yusuf Ingrid Carlos Mei Tariq Sofia Liam Chloe Amara Viktor
    Hannah Raj Noor Emil Grace Diego Aisha Lukas Zoe Marek Keiko Paula Omar Irene Stefan Lucia Ben Rosa Felix Jana Abdul Clara Hugo Nina""".split()
LAST = """Nair Lopez Becker Cole Whitfield Okafor Haddad Novak Silva Kim Larsen Moreau Rossi Mensah Schmidt Ivanova Tanaka Costa Berg Khan Murphy Wagner
    Popescu Nguyen Osei Fischer Santos Lindqvist Patel Brown Garcia Dubois Kowalski Andersen Yilmaz Chen Müller Taylor Romero Singh""".split()
EMOJI = list("🙂😀🙏👍📦😅🤔✨💬📱😊😉👋🎧🧾💻☕🌧🚆✈🏠⏳🔧📅💡🤷😶🫠🗂📨🎒") + [":)", ":/", "^^", "xx"]
QUOTES = [
    "> On Tue, support wrote:\n> Thank you for contacting us. We have received your request.",
    "On Mon, 3 Mar 2025 at 10:12, Help Desk <help@example.com> wrote:\n> Your ticket has been created and will be answered soon.",
    "-----Original Message-----\nFrom: Support\nSubject: Your request\nWe will get back to you within two business days.",
    "> Hi, thanks for reaching out! Could you tell us more?",
]
# Sentences that say nothing about the case: they teach that an alarm stays an alarm, and a trifle a trifle, whatever stands beside it.
IDLE = [
    "Hope you are all doing well.", "I hope this finds you well.", "Hope you had a good weekend.", "Thanks for taking the time to read this.", "Not sure whether this is the right address.",
    "Please see below.", "I am writing from my phone, so please forgive the spelling.", "A colleague pointed me to this form.", "The weather here is finally getting better.",
    "Please let me know if you need anything else from me.", "You can reach me under the usual number.", "I have been a user since last spring.", "As discussed.", "Just one more thing from my side.",
    "Sorry to bother you with this.", "Looking forward to hearing from you.", "No hurry on the reply.", "Could you have a look when you find a moment?", "Thank you very much for your help.",
    "Please treat this as normal priority.", "There is no need to escalate this.", "You may close this as low priority.", "Ignore my earlier note.", "Please handle this message as described above.",
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
    rate = rng.choice([rate, 2 * rate])
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
    addressee = rng.choice(ADDRESSEES) if rng.random() < 0.8 else rng.choice(FIRST)
    draft.prefix(f"{rng.choice(SALUTES)} {addressee}".strip() + rng.choice([",", ",", "!", "", " -", "."]) + rng.choice(["\n", "\n\n", " ", " "]))


def signature(draft: Draft, rng: random.Random) -> None:
    name = rng.choice([rng.choice(FIRST), f"{rng.choice(FIRST)} {rng.choice(LAST)}", f"{rng.choice(LAST)[0]}. {rng.choice(LAST)}", rng.choice(FIRST)[0] + ".", ""])
    lines = [rng.choice(CLOSINGS) + rng.choice([",", ""]), name]
    if rng.random() < 0.3:
        lines.append(rng.choice(ROLES))
    if rng.random() < 0.2:
        lines.append(rng.choice(FOOTERS))
    draft.suffix(rng.choice(["\n\n", "\n", " "]) + rng.choice(["\n", "\n", " "]).join(line for line in lines if line.strip(",")))


def idle(draft: Draft, rng: random.Random) -> None:
    if rng.random() < 0.5:
        draft.prefix(rng.choice(IDLE) + rng.choice([" ", "\n", "\n\n"]))
    else:
        draft.suffix(rng.choice([" ", "\n", "\n\n"]) + rng.choice(IDLE))


def emoji(draft: Draft, rng: random.Random) -> None:
    draft.suffix(" " + rng.choice(EMOJI))


def quoted_reply(draft: Draft, rng: random.Random) -> None:
    draft.suffix("\n\n" + rng.choice(QUOTES))


def shuffle_paragraphs(draft: Draft, rng: random.Random) -> None:
    """Paragraphs, or sentences of a text without any. Only where no trigger span crosses a break, so spans can move with their part."""
    breaks = [match.span() for match in re.finditer(r"\n+", draft.text)] or [match.span() for match in re.finditer(r"(?<=[.!?])\s+", draft.text)]
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
    for change, chance in ((typos, 0.65), (shuffle_paragraphs, 0.2), (emoji, 0.15), (idle, 0.15), (signature, 0.35), (greeting, 0.35), (quoted_reply, 0.06)):
        if rng.random() < chance:
            change(draft, rng)
    labels = dict(row.labels)
    if draft.spans or "triggers" in labels:
        labels["triggers"] = [span for span in draft.spans if span["end"] > span["start"]]
    return Row(row.id, draft.text, row.source, labels, row.licence, row.lang, row.style)
