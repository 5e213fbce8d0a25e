import random
import unittest

from model.training import augment
from model.training.corpus import Row


class AugmentTest(unittest.TestCase):
    def test_spans_follow_prefixes_and_paragraphs(self) -> None:
        text = "First paragraph here.\nThis is ridiculous, fix it.\nLast one."
        start = text.index("This is ridiculous")
        row = Row("1", text, "x", {"triggers": [{"kind": "outrage", "quote": "This is ridiculous", "start": start, "end": start + 18}]})
        for seed in range(200):
            draft = augment.Draft(row.text, row.labels["triggers"])
            rng = random.Random(seed)
            augment.shuffle_paragraphs(draft, rng)
            augment.greeting(draft, rng)
            augment.signature(draft, rng)
            span = draft.spans[0]
            self.assertEqual(draft.text[span["start"]:span["end"]], "This is ridiculous")

    def test_a_typo_inside_a_span_stays_inside(self) -> None:
        draft = augment.Draft("never again ordering here", [{"kind": "churn", "start": 0, "end": 11}])
        augment.typos(draft, random.Random(3), rate=1.0)
        span = draft.spans[0]
        self.assertTrue(draft.text[span["end"]:].startswith(" "))


if __name__ == "__main__":
    unittest.main()
