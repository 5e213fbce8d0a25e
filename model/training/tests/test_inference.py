import unittest

import numpy as np

from model.training.inference import decode_spans, pool
from model.training.labels import TRIGGER_TAGS
from model.training.tokenizer import windows


class PoolTest(unittest.TestCase):
    def test_one_alarming_window_decides_an_ordered_head(self) -> None:
        p = pool("priority", np.array([[0.9, 0.1, 0.0], [0.1, 0.2, 0.7]]), "ordinal_max")
        self.assertAlmostEqual(p.sum(), 1.0)
        self.assertAlmostEqual(p[2], 0.7)
        self.assertAlmostEqual(p[0], 0.1)

    def test_mean_of_logs_is_a_distribution(self) -> None:
        self.assertAlmostEqual(pool("intent", np.array([[0.9, 0.1], [0.2, 0.8]]), "mean_log").sum(), 1.0)


class WindowsTest(unittest.TestCase):
    def test_every_token_is_in_a_window_and_short_texts_have_one(self) -> None:
        for length in (0, 1, 126, 127, 500):
            parts = windows(np.arange(100, 100 + length), 128, 96)
            seen = {int(i) for _, w in parts for i in w[1:-1]}
            self.assertEqual(len(seen), length)
            self.assertTrue(all(len(w) <= 128 for _, w in parts))
        self.assertEqual(len(windows(np.arange(126), 128, 96)), 1)


class SpanTest(unittest.TestCase):
    def test_hot_words_join_over_one_cold_word_and_single_words_may_fall_away(self) -> None:
        text = "you are really awful people"
        ranges = [(0, 3), (4, 7), (8, 14), (15, 20), (21, 27)]
        p = np.zeros((5, len(TRIGGER_TAGS)))
        p[:, 0] = [0.9, 0.2, 0.8, 0.3, 0.9]
        p[:, TRIGGER_TAGS.index("outrage")] = 1 - p[:, 0]
        found = decode_spans(text, ranges, p, 0.5, 2)
        self.assertEqual([(s["kind"], s["quote"]) for s in found], [("outrage", "are really awful")])
        p[3, 0] = 0.9
        self.assertEqual(decode_spans(text, ranges, p, 0.5, 2), [])


if __name__ == "__main__":
    unittest.main()
