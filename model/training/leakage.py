"""Keeps every held-out message out of training, by id and by its letters alone. The pipeline stops when one is found."""

import unicodedata
from collections.abc import Iterable
from pathlib import Path

from . import corpus
from .corpus import Row



def letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalpha())


class Leak(RuntimeError):
    pass


class HeldOut:
    def __init__(self, rows: Iterable[Row]):
        rows = list(rows)
        self.ids = {row.id for row in rows}
        self.texts = {key for row in rows if (key := letters(row.text))}

    @classmethod
    def read(cls, data: Path) -> "HeldOut":
        return cls(corpus.labelled(data, "test") + corpus.written(data, "test"))

    def has(self, row: Row) -> bool:
        return row.id in self.ids or letters(row.text) in self.texts

    def without(self, rows: list[Row]) -> list[Row]:
        """Rows that may be used. The public train files were already cleaned of test messages; this catches chance copies."""
        return [row for row in rows if not self.has(row)]

    def check(self, rows: Iterable[Row], where: str) -> None:
        found = [row for row in rows if self.has(row)]
        if found:
            names = ", ".join(f"{row.source}:{row.id}" for row in found[:5])
            raise Leak(f"{len(found)} held-out messages in {where}: {names}. Nothing was trained.")

    def check_texts(self, texts: Iterable[str], where: str) -> None:
        found = [text for text in texts if letters(text) in self.texts and letters(text)]
        if found:
            raise Leak(f"{len(found)} held-out texts in {where}, first: {found[0][:80]!r}. Nothing was trained.")
