import unittest

import numpy as np
import torch

from model.training import lookup, tag_lookup, tokenizer
from model.training.labels import HEADS, TRIGGER_TAGS
from model.training.network import char_ngrams
from model.training.train import pad

TEXTS = ["the server is down", "my card was charged twice", "love this app so much", "server down again and again", "charged twice for one card", "so much love"]
TRUTH = {"intent": [0, 5, 17, 0, 5, 17], "sentiment": [1, 1, 4, 0, 1, 4], "urgency": [3, 1, 0, 3, 1, 0], "priority": [2, 1, 0, 2, 1, 0]}


class LookupTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.tokenizer = tokenizer.train(TEXTS * 5, 120)
        cls.ids = [np.concatenate([[tokenizer.CLS], ids, [tokenizer.SEP]]).astype(np.int64) for ids in tokenizer.encode(cls.tokenizer, TEXTS)]

    def test_the_graph_says_what_the_fit_learned_with_and_without_padding(self) -> None:
        targets = {name: np.eye(len(HEADS[name][1]))[labels] for name, labels in TRUTH.items()}
        targets["emotions"] = np.array([[0, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1]] * 2, float)
        grams = char_ngrams(self.tokenizer, lookup.CHARACTERS, lookup.MOST_CHARACTERS)
        found = lookup.fit(self.tokenizer, grams, self.ids, targets, np.ones(len(TEXTS)))
        wanted = found.probabilities(self.ids)
        self.assertEqual(wanted["intent"].argmax(1).tolist(), TRUTH["intent"])
        self.assertEqual(wanted["priority"].argmax(1).tolist(), TRUTH["priority"])
        together = found(*pad(self.ids))
        for k, ids in enumerate(self.ids):
            alone = found(torch.from_numpy(ids)[None], torch.ones(1, len(ids), dtype=torch.long))
            for name in ("intent", "priority"):
                np.testing.assert_allclose(torch.softmax(alone[name][0], 0).numpy(), wanted[name][k], atol=1e-5)
                np.testing.assert_allclose(alone[name][0].numpy(), together[name][k].numpy(), atol=1e-5)

    def test_quotes_are_told_by_their_words_and_neighbours(self) -> None:
        tags = [np.zeros(len(ids), np.int64) for ids in self.ids]
        for k, (first, last, kind) in {3: (2, 6, "repeat_contact"), 0: (3, 5, "business_impact")}.items():
            tags[k][first:last] = TRIGGER_TAGS.index(kind)
        found = tag_lookup.fit(self.tokenizer.get_vocab_size(), self.ids * 8, tags * 8)
        x = tag_lookup.features(self.ids, self.tokenizer.get_vocab_size())
        table = np.concatenate([*np.split(found.pieces.weight.numpy(), len(tag_lookup.NEAR_PIECES), axis=1), *np.split(found.pairs.weight.numpy(), len(tag_lookup.NEAR_PAIRS), axis=1)])
        wanted = x @ table + found.offset.numpy()
        together, done = found(*pad(self.ids)), 0
        for k, ids in enumerate(self.ids):
            alone = found(torch.from_numpy(ids)[None], torch.ones(1, len(ids), dtype=torch.long))[0].numpy()
            np.testing.assert_allclose(alone, wanted[done:done + len(ids)], atol=1e-5)
            np.testing.assert_allclose(together[k, :len(ids)].numpy(), alone, atol=1e-5)
            self.assertEqual(alone.argmax(1).tolist(), tags[k].tolist())
            done += len(ids)


if __name__ == "__main__":
    unittest.main()
