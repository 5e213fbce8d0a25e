"""The check that keeps held-out messages out must bite. Run: python -m unittest discover -s model/training/tests -t ."""

import unittest

from model.training.corpus import Row
from model.training.leakage import HeldOut, Leak, letters

TEST = Row("labelled-1", "Where is my parcel? It was due on 3 May!!", "somewhere")


class HeldOutTest(unittest.TestCase):
    def setUp(self) -> None:
        self.held_out = HeldOut([TEST])

    def test_same_id_is_found_whatever_the_text(self) -> None:
        with self.assertRaises(Leak):
            self.held_out.check([Row("labelled-1", "something else", "x")], "training")

    def test_same_letters_are_found_whatever_the_id_case_digits_and_signs(self) -> None:
        copy = Row("other-id", "WHERE is my parcel,it was due on 31 may :(", "x")
        with self.assertRaises(Leak):
            self.held_out.check([copy], "training")
        self.assertEqual(self.held_out.without([copy]), [])

    def test_vocabulary_and_pretraining_texts_are_checked_too(self) -> None:
        with self.assertRaises(Leak):
            self.held_out.check_texts(["fine", "where is my parcel it was due on may"], "word statistics")

    def test_other_messages_pass(self) -> None:
        self.held_out.check([Row("b", "Where is my refund?", "x")], "training")

    def test_letters_ignore_width_and_accents_stay(self) -> None:
        self.assertEqual(letters("Ｗｈｅｒｅ 1?"), "where")
        self.assertNotEqual(letters("café"), letters("cafe"))


if __name__ == "__main__":
    unittest.main()
