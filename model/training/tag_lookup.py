"""The trigger head's linear voice: what a word, its neighbours and the pairs around it say about being part of a quote.

Quotes are mostly set phrases, which a linear model over neighbouring pieces learns from few examples; its log-probabilities
and the tagger's are averaged. Only table look-ups and shifts, so it lives in the same graph.
"""

from pathlib import Path

import numpy as np
import scipy.sparse as sp
import torch
from scipy.optimize import minimize
from torch import Tensor, nn
from torch.nn import functional as F

from .labels import TRIGGER_TAGS

BUCKETS = 16_384
NEAR_PIECES, NEAR_PAIRS = (-1, 0, 1), (-2, -1, 0, 1)
RIDGE, ITERATIONS, LEAST_TOKENS, QUOTE_WEIGHT = 1.0, 60, 2, 3.0
TAGS = len(TRIGGER_TAGS)


def _pairs(ids: np.ndarray) -> np.ndarray:
    return (ids[:-1] * 1_000_003 + ids[1:] * 8_191) % BUCKETS


class TagLookup(nn.Module):
    def __init__(self, pieces: int):
        super().__init__()
        self.pieces, self.pairs = nn.Embedding(pieces, len(NEAR_PIECES) * TAGS), nn.Embedding(BUCKETS, len(NEAR_PAIRS) * TAGS)
        self.offset = nn.Parameter(torch.zeros(TAGS))
        self.requires_grad_(False)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        m = mask.unsqueeze(-1).float()
        hashed = (ids[:, :-1] * 1_000_003 + ids[:, 1:] * 8_191) % BUCKETS
        total = self.offset
        for table, near, values in ((self.pieces(ids) * m, NEAR_PIECES, ids), (F.pad(self.pairs(hashed) * m[:, 1:], (0, 0, 0, 1)), NEAR_PAIRS, ids)):
            for at, shift in enumerate(near):
                part = table[..., at * TAGS:(at + 1) * TAGS]
                # The neighbour `shift` places on: positions beyond the text say nothing.
                moved = F.pad(part, (0, 0, -min(shift, 0), max(shift, 0)))
                total = total + moved[:, max(shift, 0):max(shift, 0) + values.shape[1]]
        return total


def features(ids: list[np.ndarray], pieces: int) -> sp.csr_matrix:
    """One row per token of the texts, [CLS] and [SEP] included."""
    rows, columns, done = [], [], 0
    for item in ids:
        size = len(item)
        position = np.arange(size)
        base = 0
        for values, near, width in ((item, NEAR_PIECES, pieces), (_pairs(item), NEAR_PAIRS, BUCKETS)):
            for shift in near:
                there = position + shift
                inside = (there >= 0) & (there < len(values))
                rows.append(done + position[inside])
                columns.append(base + values[there[inside]])
                base += width
        done += size
    flat = np.concatenate(columns)
    return sp.csr_matrix((np.ones(len(flat), np.float32), (np.concatenate(rows), flat)), shape=(done, len(NEAR_PIECES) * pieces + len(NEAR_PAIRS) * BUCKETS))


def fit(pieces: int, ids: list[np.ndarray], tags: list[np.ndarray]) -> TagLookup:
    """`tags` as in Examples: -1 where a token counts for nothing."""
    flat = np.concatenate(tags)
    known = np.flatnonzero(flat >= 0)
    x = features(ids, pieces)[known]
    kept = np.flatnonzero(np.asarray((x > 0).sum(0)).ravel() >= LEAST_TOKENS)
    table, offset = _solve(x[:, kept], flat[known])
    full = np.zeros((x.shape[1], TAGS), np.float32)
    full[kept] = table
    # One row per piece or bucket, the shifts side by side.
    beside = lambda block, shifts: np.concatenate(np.split(block, shifts), axis=1)
    found, own = TagLookup(pieces), len(NEAR_PIECES) * pieces
    found.pieces.weight.data = torch.from_numpy(beside(full[:own], len(NEAR_PIECES)))
    found.pairs.weight.data = torch.from_numpy(beside(full[own:], len(NEAR_PAIRS)))
    found.offset.data = torch.from_numpy(offset.astype(np.float32))
    return found


def _solve(x: sp.csr_matrix, tags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    turned, width = x.T.tocsr(), x.shape[1]
    target, weight = np.eye(TAGS)[tags], np.where(tags > 0, QUOTE_WEIGHT, 1.0)[:, None]

    def loss(v: np.ndarray) -> tuple[float, np.ndarray]:
        table = v[:-TAGS].reshape(width, TAGS).astype(np.float32)
        z = (x @ table).astype(np.float64) + v[-TAGS:]
        z = z - z.max(1, keepdims=True)
        log = z - np.log(np.exp(z).sum(1, keepdims=True))
        slope = (np.exp(log) - target) * weight
        gradient = turned @ slope.astype(np.float32) + RIDGE * table
        return -float((log * target * weight).sum()) + RIDGE / 2 * float((v[:-TAGS] ** 2).sum()), np.concatenate([gradient.ravel().astype(np.float64), slope.sum(0)])

    found = minimize(loss, np.zeros((width + 1) * TAGS), jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "maxcor": 6})
    return found.x[:-TAGS].reshape(width, TAGS).astype(np.float32), found.x[-TAGS:]


def save(found: TagLookup, path: Path) -> None:
    torch.save(found.state_dict(), path)


def load(pieces: int, path: Path) -> TagLookup:
    found = TagLookup(pieces)
    found.load_state_dict(torch.load(path, weights_only=True))
    return found
