"""Word statistics as a start for the embedding tables: positive PMI in a window of five, then a randomised SVD.

A minute on one core, worth 1 to 2 points on intents (research/model.md), since no pretrained encoder may be downloaded.
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
    out /= np.maximum(1e-6, np.linalg.norm(out, axis=1, keepdims=True))
    return (out * 0.8).astype(np.float32)
