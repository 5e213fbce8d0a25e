import unittest

from model.training.examples import for_calibration, tag
from model.training.corpus import Row
from model.training.labels import TRIGGER_TAGS


class ExamplesTest(unittest.TestCase):
    def test_every_piece_of_a_word_that_touches_a_quote_is_tagged(self) -> None:
        ranges = [(0, 4), (5, 12), (5, 12), (13, 15)]
        self.assertEqual(tag(ranges, [{"kind": "churn", "start": 5, "end": 12}]).tolist(), [0, *[TRIGGER_TAGS.index("churn")] * 2, 0])

    def test_the_calibration_part_depends_on_letters_alone(self) -> None:
        for k in range(50):
            a, b = Row(str(k), f"message {'x' * k}", "a"), Row("z", f"Message, {'X' * k}!", "b")
            self.assertEqual(for_calibration(a), for_calibration(b))


if __name__ == "__main__":
    unittest.main()
