"""Everything that may train the shipped weights, as rows of ids and per-head targets, grouped by source."""

import random
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from . import corpus, languages, tickets
from .augment import variant
from .corpus import Row
from .labels import EMOTIONS, HEADS, INTENTS, LANGUAGES, PRIORITIES, TRIGGER_TAGS
from .leakage import HeldOut, letters
from .mapping import AUXILIARY, Mapping
from .tokenizer import CLS, SEP, encode_with_words

# Parts of every batch, scaled to one. Messages labelled with the whole guide take most of it; breadth takes the rest.
SHARES = {
    "labelled": 0.25, "written": 0.14, "tickets": 0.35, "banking77": 0.025, "clinc150": 0.025, "hwu64": 0.01, "dstc11_natcs": 0.02,
    "multidogo": 0.025, "nlupp": 0.005, "bitext_support": 0.01, "goemotions": 0.045, "vader_valence": 0.02, "brighter_emotions": 0.03,
    "it_tickets": 0.005, "cfpb": 0.02, "ibm_care_tweets": 0.01, "churn_chatbot": 0.005, "languages": 0.015, "substituted": 0.25,
}
PUBLIC = [name for name in SHARES if name not in ("labelled", "written", "tickets", "languages", "substituted")]
CORE = ("labelled", "written", "tickets")
# Topics of the lemmatised help-desk dump are plentiful and dull; a part of them is enough.
MOST_ROWS = {"it_tickets": 3_000, "goemotions": 20_000}


@dataclass
class Sources:
    """Rows by group, held-out messages already removed and checked."""

    groups: dict[str, list[Row]]
    held_out: HeldOut
    calibration: list[Row] = field(default_factory=list)  # written for the project and kept out of training
    complaints: list[str] = field(default_factory=list)

    def texts(self) -> list[str]:
        return [row.text for rows in self.groups.values() for row in rows]


def read(data: Path, without: set[str] = frozenset(), ticket_folders: list[Path] = tickets.FOLDERS, most_public: int | None = None) -> Sources:
    held_out = HeldOut.read(data)
    messages, complaints = tickets.read(ticket_folders)
    groups = {
        "labelled": [row for row in corpus.labelled(data, "train") if row.trainable],
        "written": corpus.written(data, "train"),
        "tickets": messages,
        "languages": languages.read(),
    }
    for name in PUBLIC:
        rows = [row for row in corpus.public(data, name) if row.trainable]
        random.Random(7).shuffle(rows)
        groups[name] = rows[: most_public or MOST_ROWS.get(name)]
    if without:
        groups = {
            name: [row for row in rows if row.source not in without and name not in without] for name, rows in groups.items()
        }
    groups = {name: held_out.without(rows) for name, rows in groups.items()}
    calibration = [row for name in ("written", "tickets") for row in groups[name] if for_calibration(row)]
    for name in ("written", "tickets"):
        groups[name] = [row for row in groups[name] if not for_calibration(row)]
    for name, rows in groups.items():
        held_out.check(rows, name)
        forbidden = {row.source for row in rows if not row.trainable}
        if forbidden:
            raise SystemExit(f"{name}: {sorted(forbidden)} may not train shipped weights (licence)")
    return Sources(groups, held_out, calibration, complaints)


def for_calibration(row: Row) -> bool:
    """One in fourteen, by the letters, so that the choice survives new lines in the files."""
    return zlib.crc32(letters(row.text).encode()) % 14 == 0


class Examples:
    def __init__(self, tokenizer: Tokenizer, max_tokens: int):
        self.tokenizer, self.room = tokenizer, max_tokens - 2
        self.ids: list[np.ndarray] = []
        self.tags: list[np.ndarray | None] = []
        self.rows: list[Row] = []
        self.targets: dict[str, list[np.ndarray]] = {name: [] for name in HEADS}
        self.weights: dict[str, list[float]] = {name: [] for name in HEADS}
        self.aux: list[tuple[str, list[int]] | None] = []
        self.group_of: list[str] = []

    def add(self, row: Row, group: str, targets: dict, aux: tuple[str, list[int]] | None) -> None:
        ids, ranges = encode_with_words(self.tokenizer, row.text)
        self.ids.append(np.concatenate([[CLS], ids[: self.room], [SEP]]).astype(np.int64))
        tags = None
        if "triggers" in row.labels and row.lang == "en":
            tags = np.concatenate([[-1], tag(ranges[: self.room], row.labels["triggers"]), [-1]])
        self.tags.append(tags)
        self.rows.append(row)
        self.group_of.append(group)
        self.aux.append(aux)
        for name, (_, labels) in HEADS.items():
            values, weight = targets.get(name, ([0.0] * len(labels), 0.0))
            self.targets[name].append(np.array(values, np.float32))
            self.weights[name].append(weight)

    def freeze(self) -> "Examples":
        self.targets = {name: np.stack(values) for name, values in self.targets.items()}
        self.weights = {name: np.array(values, np.float32) for name, values in self.weights.items()}
        self.soft = np.zeros(len(self.ids), bool)
        self.meanings: np.ndarray | None = None  # what mentors hold of messages (mentor.py); `meaning_of` says which row, −1 for none
        self.meaning_of = np.full(len(self.ids), -1)
        return self


def tag(ranges: list[tuple[int, int]], spans: list[dict]) -> np.ndarray:
    tags = np.zeros(len(ranges), np.int64)
    for span in spans:
        for index, (start, end) in enumerate(ranges):
            if start < span["end"] and end > span["start"]:
                tags[index] = TRIGGER_TAGS.index(span["kind"])
    return tags


def full_targets(labels: dict) -> dict:
    """Targets of a message labelled with the whole guide."""
    one = lambda names, name: [float(n == name) for n in names]
    return {
        "intent": (one(INTENTS, labels["intent"]), 1.0),
        "sentiment": (one(["-2", "-1", "0", "1", "2"], str(labels["sentiment"])), 1.0),
        "emotions": ([float(name in labels["emotions"]) for name in EMOTIONS], 1.0),
        "urgency": (one(["0", "1", "2", "3"], str(labels["urgency"])), 1.0),
        "priority": (one(PRIORITIES, labels["priority"]), 1.0),
        "language": (one(LANGUAGES, "en"), 0.2),
    }


def language_target(code: str) -> list[float]:
    name = code if code in LANGUAGES else "other"
    return [float(label == name) for label in LANGUAGES]


def auxiliary_labels(sources: Sources) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, field_name in AUXILIARY.items():
        counts: Counter = Counter()
        for row in sources.groups.get(name, []):
            value = row.labels.get(field_name)
            counts.update(value if isinstance(value, list) else [value] if value else [])
        names = sorted(label for label, count in counts.items() if count >= 8)
        if len(names) > 1:
            found[name] = names
    return found


def build(sources: Sources, data: Path, tokenizer: Tokenizer, auxiliary: dict[str, list[str]], max_tokens: int, variants: int, seed: int) -> Examples:
    mapping = Mapping(data / "public" / "mapping.json")
    rng = random.Random(seed)
    examples = Examples(tokenizer, max_tokens)
    seen_full = {row.id for name in CORE for row in sources.groups[name]}
    for name, rows in sources.groups.items():
        for row in rows:
            if row.lang != "en":
                examples.add(row, name, {"language": (language_target(row.lang), 1.0)}, None)
                continue
            if name in CORE:
                targets = full_targets(row.labels)
                for copy in [row, *(variant(row, rng) for _ in range(variants))]:
                    examples.add(copy, name, targets, None)
                continue
            targets = {} if row.id in seen_full or name == "substituted" else mapping.targets(row)
            targets["language"] = (language_target("en"), 0.2)
            aux = None
            if name in auxiliary:
                value = row.labels.get(AUXILIARY[name])
                names = value if isinstance(value, list) else [value]
                hits = [auxiliary[name].index(label) for label in names if label in auxiliary[name]]
                aux = (name, hits) if hits else None
            plain = Row(row.id, row.text, row.source, {}, row.licence, row.lang)
            copy = variant(plain, rng) if rng.random() < 0.3 else plain
            examples.add(copy, name, targets, aux)
    return examples.freeze()
