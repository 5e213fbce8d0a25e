"""Short support messages in other languages, written for this project, for the language head (languages.txt: `code | text`)."""

from pathlib import Path

from .corpus import Row

FILE = Path(__file__).parent / "languages.txt"


def read(path: Path = FILE) -> list[Row]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            code, text = (cell.strip() for cell in line.split("|", 1))
            rows.append(Row(f"languages:{number}", text, "languages", {}, "OK", code))
    return rows
