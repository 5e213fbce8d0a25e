import tempfile
import unittest
from pathlib import Path

from model.training import tickets


class TicketsTest(unittest.TestCase):
    def read(self, *lines: str):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "a.txt").write_text("\n".join(lines), encoding="utf-8")
            return tickets.read([Path(folder)])

    def test_quotes_keep_their_place(self) -> None:
        rows, complaints = self.read("bug | -1 | anger,worry | 2 | high | It broke\\n{{outrage:what a joke}} and | more")
        self.assertEqual(complaints, [])
        self.assertEqual(rows[0].text, "It broke\nwhat a joke and | more")
        span = rows[0].labels["triggers"][0]
        self.assertEqual(rows[0].text[span["start"]:span["end"]], "what a joke")

    def test_bad_lines_are_named_and_left_out(self) -> None:
        rows, complaints = self.read("# note", "bug | 0 | - | 0 | low | fine", "bugg | 0 | - | 0 | low | x y", "bug | 0 | - | 0 | low",
                                     "bug | 0 | - | 9 | low | z", "bug | 0 | - | 0 | low | {{rage:a b}}", "bug | 0 | - | 0 | low | Fine!")
        self.assertEqual(len(rows), 1)
        self.assertEqual([c.split(":")[1] for c in complaints], ["3", "4", "5", "6", "7"])


if __name__ == "__main__":
    unittest.main()
