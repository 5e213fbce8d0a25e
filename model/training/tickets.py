"""Reads the messages written for this project (tickets/*.txt, voices/*.txt), checks every line and names bad ones by file and line.

One message per line: intent | sentiment | emotions (comma separated or -) | urgency | priority | text
In the text `\\n` is a new line and {{kind:quote}} marks a trigger quote; the quote stays, the marks go. # starts a comment.

python -m model.training.tickets            # report bad lines, duplicates and counts
"""

import re
import sys
from collections import Counter
from pathlib import Path

from .corpus import Row
from .labels import EMOTIONS, INTENTS, PRIORITIES, SENTIMENTS, TRIGGERS, URGENCIES
from .leakage import letters

FOLDERS = [Path(__file__).parent / "tickets", Path(__file__).parent / "voices"]
_QUOTE = re.compile(r"\{\{([a-z_]+):(.*?)\}\}", re.DOTALL)


def unmark(marked: str) -> tuple[str, list[dict]]:
    """Text without the marks, and the quotes with their offsets in it."""
    text, quotes, position = "", [], 0
    for match in _QUOTE.finditer(marked):
        text += marked[position:match.start()]
        kind, quote = match.groups()
        quotes.append({"kind": kind, "quote": quote, "start": len(text), "end": len(text) + len(quote)})
        text += quote
        position = match.end()
    return text + marked[position:], quotes


def parse_line(line: str) -> dict:
    cells = [cell.strip() for cell in line.split("|", 5)]
    if len(cells) != 6:
        raise ValueError(f"expected 6 fields, found {len(cells)}")
    intent, sentiment, emotions, urgency, priority, marked = cells
    names = [] if emotions in ("-", "") else [name.strip() for name in emotions.split(",")]
    text, quotes = unmark(marked.replace("\\n", "\n"))
    for value, allowed, what in ((intent, INTENTS, "intent"), (sentiment.lstrip("+"), SENTIMENTS, "sentiment"),
                                 (urgency, URGENCIES, "urgency"), (priority, PRIORITIES, "priority")):
        if value not in allowed:
            raise ValueError(f"unknown {what} {value!r}")
    for name in names:
        if name not in EMOTIONS:
            raise ValueError(f"unknown emotion {name!r}")
    for quote in quotes:
        if quote["kind"] not in TRIGGERS:
            raise ValueError(f"unknown trigger kind {quote['kind']!r}")
        if not 1 <= len(quote["quote"].split()) <= 14:
            raise ValueError(f"quote of {len(quote['quote'].split())} words: {quote['quote']!r}")
    if "{{" in text or "}}" in text:
        raise ValueError("unclosed {{kind:quote}}")
    if not text.strip():
        raise ValueError("empty text")
    return {"text": text, "labels": {"intent": intent, "sentiment": int(sentiment), "emotions": names,
                                     "urgency": int(urgency), "priority": priority, "triggers": quotes}}


def files(folders: list[Path] = FOLDERS) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.glob("*.txt"))]


def read(folders: list[Path] = FOLDERS) -> tuple[list[Row], list[str]]:
    """Good rows, and one complaint per bad line. A message that repeats an earlier one (letters only) is bad."""
    rows, complaints, seen = [], [], {}
    for path in files(folders):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            where = f"{path.name}:{number}"
            try:
                record = parse_line(line)
            except ValueError as problem:
                complaints.append(f"{where}: {problem}")
                continue
            key = letters(record["text"]) or record["text"]
            if key in seen:
                complaints.append(f"{where}: same message as {seen[key]}")
                continue
            seen[key] = where
            rows.append(Row(where, record["text"], f"tickets/{path.stem}", record["labels"], "OK"))
    return rows, complaints


def main() -> None:
    rows, complaints = read([Path(arg) for arg in sys.argv[1:]] or FOLDERS)
    print("\n".join(complaints))
    print(f"{len(rows)} messages, {len(complaints)} bad lines")
    for name, values in (("source", (r.source for r in rows)), ("intent", (r.labels["intent"] for r in rows)),
                         ("priority", (r.labels["priority"] for r in rows))):
        print(name, dict(Counter(values).most_common()))
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
