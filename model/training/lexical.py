"""Word statistics as a start for the embedding tables: positive PMI in a window of five, then a randomised SVD.

A minute on one core, worth 1 to 2 points on intents (research/model.md). Public word vectors may take a part of the width (`with_words`):
they know words that our text holds too rarely.
"""

import numpy as np
import scipy.sparse as sp
from sklearn.utils.extmath import randomized_svd
from tokenizers import Tokenizer

from .tokenizer import encode

WINDOW = 5


def vectors(tokenizer: Tokenizer, texts: list[str], width: int, seed: int) -> np.ndarray:
    size = tokenizer.get_vocab_size()
    gap = np.zeros(WINDOW, np.int32)  # keeps the window inside one message
    parts = [part for start in range(0, len(texts), 20_000) for ids in encode(tokenizer, texts[start:start + 20_000]) for part in (ids, gap)]
    stream = np.concatenate(parts)
    counts = sp.csr_matrix((size, size), dtype=np.float32)
    for distance in range(1, WINDOW + 1):
        left, right = stream[:-distance], stream[distance:]
        both = (left > 0) & (right > 0)
        weight = np.full(both.sum(), 1 / distance, np.float32)
        counts = counts + sp.coo_matrix((weight, (left[both], right[both])), shape=(size, size)).tocsr()
    counts = (counts + counts.T).tocoo()
    total = counts.sum()
    row_sums = np.asarray(counts.tocsr().sum(1)).ravel()
    context = row_sums ** 0.75
    context = context / context.sum() * total
    pmi = np.log(np.maximum(1e-9, counts.data * total / (row_sums[counts.row] * context[counts.col])))
    keep = (pmi > 0) & (counts.data > 0.3)
    matrix = sp.csr_matrix((pmi[keep], (counts.row[keep], counts.col[keep])), shape=(size, size))
    u, s, _ = randomized_svd(matrix, width, n_iter=3, random_state=seed)
    out = u * np.sqrt(s)
    return _of_length(out)


def with_words(own: np.ndarray, tokenizer: Tokenizer, words: dict[str, np.ndarray]) -> np.ndarray:
    """The first dimensions of our own statistics beside the public vector of the word; a piece without one takes the mean of its nearest five."""
    size = len(next(iter(words.values())))
    left = own[:, : own.shape[1] - size]
    left = left / np.maximum(1e-6, np.linalg.norm(left, axis=1, keepdims=True))
    right = np.zeros((len(own), size), np.float32)
    known = [(index, words[name]) for name, index in tokenizer.get_vocab().items() if name in words]
    rows = np.array([index for index, _ in known])
    right[rows] = np.stack([vector for _, vector in known])
    right[rows] -= right[rows].mean(0)
    right[rows] /= np.maximum(1e-6, np.linalg.norm(right[rows], axis=1, keepdims=True))
    others = np.setdiff1d(np.arange(len(own)), rows)
    for start in range(0, len(others), 1000):
        part = others[start:start + 1000]
        nearest = np.argpartition(-(left[part] @ left[rows].T), 5, axis=1)[:, :5]
        right[part] = right[rows[nearest]].mean(1)
    return _of_length(np.concatenate([left, right], 1))


def _of_length(table: np.ndarray, length: float = 0.8) -> np.ndarray:
    return (length * table / np.maximum(1e-6, np.linalg.norm(table, axis=1, keepdims=True))).astype(np.float32)
