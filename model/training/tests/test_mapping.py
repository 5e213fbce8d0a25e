import json
import tempfile
import unittest
from pathlib import Path

from model.training.corpus import Row
from model.training.labels import EMOTIONS, INTENTS
from model.training.mapping import Mapping


class MappingTest(unittest.TestCase):
    def setUp(self) -> None:
        table = {"banking77": {"intent": {"pin_blocked": {"intent": "account_access", "strength": "s"}}},
                 "goemotions": {"emotions": {"anger": {"emotions": ["anger"], "sentiment": "negative"}, "joy": {"emotions": [], "sentiment": "positive"}}}}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "mapping.json"
            path.write_text(json.dumps(table))
            self.mapping = Mapping(path)

    def allowed(self, row: Row) -> set[str]:
        member, _ = self.mapping.targets(row)["intent"]
        return {name for name, inside in zip(INTENTS, member) if inside}

    def test_a_clear_label_is_one_intent_and_a_vague_one_a_set(self) -> None:
        self.assertEqual(self.allowed(Row("1", "t", "banking77", {"intent": "pin_blocked"})), {"account_access"})
        self.assertEqual(self.allowed(Row("1", "t", "banking77", {"intent": "card_payment_not_recognised"})), {"security", "billing_dispute"})

    def test_mixed_feelings_teach_no_sentiment(self) -> None:
        self.assertNotIn("sentiment", self.mapping.targets(Row("1", "t", "goemotions", {"emotions": ["anger", "joy"]})))

    def test_an_emotion_that_the_source_cannot_say_is_unknown_not_absent(self) -> None:
        emotions, _ = self.mapping.targets(Row("1", "t", "goemotions", {"emotions": ["anger"]}))["emotions"]
        self.assertEqual(emotions[EMOTIONS.index("anger")], 1.0)
        self.assertEqual(emotions[EMOTIONS.index("frustration")], -1.0)


if __name__ == "__main__":
    unittest.main()
