"""Reads the data folder into Rows. Only data classes that may train shipped weights pass `trainable`."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .labels import TRAINABLE_LICENCES


class MissingData(SystemExit):
    def __init__(self, path: Path, what: str):
        super().__init__(f"{path} is missing: {what}. Point --data at the folder that holds labelled/, written/ and public/.")


@dataclass
class Row:
    id: str
    text: str
    source: str
    labels: dict = field(default_factory=dict)
    licence: str = "?"
    lang: str = "en"
    style: str = ""

    @property
    def trainable(self) -> bool:
        return self.licence in TRAINABLE_LICENCES


def _lines(path: Path) -> Iterator[dict]:
    if not path.exists():
        raise MissingData(path, "a data file")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as handle:
        for line in handle:
            if line.strip():
                yield json.loads(line)


def labelled(data: Path, split: str) -> list[Row]:
    return [
        Row(r["id"], r["text"], r["source"], r["labels"], r["licence"], r["lang"])
        for r in _lines(data / "labelled" / f"{split}.jsonl")
    ]


def written(data: Path, split: str) -> list[Row]:
    return [
        Row(r["id"], r["text"], r["source"], r["labels"], r["licence"], r["lang"], r.get("style", ""))
        for r in _lines(data / "written" / f"{split}.jsonl")
    ]


def licences(data: Path) -> dict[str, str]:
    """Licence class per public set, read from the table in SETS.md (the one place that states it)."""
    path = data / "public" / "SETS.md"
    if not path.exists():
        raise MissingData(path, "the licence table")
    table = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 7 and re.fullmatch(r"[a-z0-9_]+", cells[0]):
            table[cells[0]] = cells[6].replace("\\", "")
    return table


def public(data: Path, name: str, split: str = "train") -> list[Row]:
    licence = licences(data).get(name, "?")
    return [
        Row(r["id"], r["text"], name, r["labels"], licence, r["lang"])
        for r in _lines(data / "public" / name / f"{split}.jsonl.gz")
    ]
