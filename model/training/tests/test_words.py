import unittest

from model.training.words import words


def texts(text: str) -> list[str]:
    return [word.text for word in words(text)]


class WordsTest(unittest.TestCase):
    def test_offsets_point_into_the_text_as_given(self) -> None:
        text = "Hi @Bob_1,\u00a0see https://a.b/c?d=e now 😡😡 soooo"
        for word in words(text):
            self.assertLessEqual(word.end, len(text))
        self.assertEqual(texts(text), ["Hi", "user", ",", "see", "url", "now", "😡", "😡", "soo"])
        found = words(text)
        self.assertEqual(text[found[4].start:found[4].end], "https://a.b/c?d=e")
        self.assertEqual(text[found[-1].start:found[-1].end], "soooo")

    def test_control_characters_do_not_split(self) -> None:
        self.assertEqual(texts("re\u0000fund\u200b now\ufffd"), ["refund", "now"])

    def test_empty(self) -> None:
        self.assertEqual(words(" \n\t "), [])

    def test_mail_before_mention(self) -> None:
        self.assertEqual(texts("jane@example.com @example"), ["email", "user"])


if __name__ == "__main__":
    unittest.main()
