"""Changes that must not change the answer: typo, case, emoji, greeting, signature, paragraph order, politeness.

Runs over real messages that were never trained on and reports how often a top label changes.
"""

import random
from pathlib import Path

import numpy as np

from . import augment, corpus
from .augment import Draft
from .inference import Model
from .labels import PRIORITIES

# Written apart from the augmentation of training: other greetings, signatures and emoji than the ones the model saw.
GREETING = ["Hello dear helpdesk,\n\n", "Hi folks, ", "Good evening,\n", "Hey there team - "]
SIGNATURE = ["\n\nWarm regards,\nElena Petrova", "\n\nThanks in advance\nJ.", "\n--\nK. Adeyemi\nFinance", "\n\nAll the best, Rui"]
EMOJI = ["🙃", "📎", "😬", "☎️"]
POLITE = [("Could you please look at this when you have a moment? ", ""), ("", " Sorry to bother you with this."), ("", " Thank you very much for your help.")]


def _typo(text: str, rng: random.Random) -> str:
    """One swapped pair per about twelve words, at least one."""
    draft = Draft(text, [])
    words = [m for m in augment.re.finditer(r"[A-Za-z]{4,}", text)]
    for match in reversed(sorted(rng.sample(words, min(len(words), max(1, len(words) // 12))), key=lambda m: m.start())):
        at = rng.randrange(match.start() + 1, match.end() - 1)
        draft.replace(at, at + 2, text[at + 1] + text[at])
    return draft.text


def _paragraphs(text: str, rng: random.Random) -> str:
    parts = [part for part in text.split("\n") if part.strip()]
    if len(parts) < 2:
        # One paragraph: its sentences stand in for paragraphs when there are at least four.
        parts = [part for part in augment.re.split(r"(?<=[.!?])\s+", text) if part]
        if len(parts) < 4:
            return text
        half = len(parts) // 2
        return " ".join(parts[half:]) + "\n\n" + " ".join(parts[:half])
    return "\n\n".join(parts[1:] + parts[:1])


CHANGES = {
    "typo": _typo,
    "case": lambda text, rng: rng.choice([text.upper(), text.lower(), text.title()]),
    "emoji": lambda text, rng: text + " " + rng.choice(EMOJI),
    "greeting": lambda text, rng: rng.choice(GREETING) + text,
    "signature": lambda text, rng: text + rng.choice(SIGNATURE),
    "paragraph_order": _paragraphs,
}
# A flip inside the band "low" changes nothing that is automated, so top labels are also counted without them.
HEADS = ("intent", "sentiment", "urgency", "priority")


def figures(model: Model, data: Path, seed: int = 5) -> dict:
    rows = corpus.labelled(data, "test") + corpus.written(data, "test")
    rng = random.Random(seed)
    before = [model.score(row.text) for row in rows]
    report: dict = {}
    for name, change in CHANGES.items():
        changed_texts = [(k, change(row.text, rng)) for k, row in enumerate(rows)]
        pairs = [(before[k], model.score(text)) for k, text in changed_texts if text != rows[k].text]
        report[name] = _compare(model, pairs)
    critical = PRIORITIES.index("critical")
    limit = model.config["heads"]["priority"]["critical"]["threshold"]
    severe = [k for k, row in enumerate(rows) if row.labels["priority"] == "critical"]
    kept = total = 0
    for k in severe:
        if before[k].probabilities["priority"][critical] < limit:
            continue
        for prefix, suffix in POLITE:
            total += 1
            kept += model.score(prefix + rows[k].text + suffix).probabilities["priority"][critical] >= limit
    report["politeness"] = {"pairs": total, "critical_kept": round(kept / max(1, total), 4)}
    return report


def _compare(model: Model, pairs: list) -> dict:
    out: dict = {"messages": len(pairs)}
    for head in HEADS:
        floor = model.config["heads"][head]["bands"]["medium"]
        flips = np.array([a.probabilities[head].argmax() != b.probabilities[head].argmax() for a, b in pairs])
        sure = np.array([a.probabilities[head].max() >= floor for a, _ in pairs])
        out[head] = {"changed": round(float(flips.mean()), 4), "changed_when_sure": round(float(flips[sure].mean()), 4) if sure.any() else None}
    return out
