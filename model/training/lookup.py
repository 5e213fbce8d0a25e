"""The third voice: a linear model whose features are table look-ups, so it lives inside the same graph.

Features of a text are its pieces, their character n-grams and hashed pairs of pieces, weighted by inverse document frequency
and scaled to about unit length. Multinomial logistic regression over them is convex, forgets nothing and never
over-trains on a voice: on customers whose channel was never seen it beats the nets, and the mean of all beats each.
After fitting, the character n-grams fold into the piece table, so a text costs one sum over two tables.
"""

from pathlib import Path

import numpy as np
import scipy.sparse as sp
import torch
from scipy.optimize import minimize
from tokenizers import Tokenizer
from torch import Tensor, nn

from .inference import sigmoid, softmax
from .labels import HEADS

# The heads that messages labelled with the whole guide teach; language has other data.
VOICED = ("intent", "sentiment", "emotions", "urgency", "priority")
BUCKETS = 32_768
CHARACTERS, MOST_CHARACTERS, CHARACTER_WEIGHT = 131_072, 48, 0.6
# Chosen on held-out rows; heads with few labels want more of it.
RIDGE = {"intent": 0.1, "sentiment": 0.2, "emotions": 0.3, "urgency": 0.3, "priority": 1.0}
ITERATIONS, LEAST_TEXTS = 110, 2
WIDTH = sum(len(HEADS[name][1]) for name in VOICED)


def pair_buckets(ids: np.ndarray) -> np.ndarray:
    return (ids[:-1] * 1_000_003 + ids[1:] * 8_191) % BUCKETS


def counts(ids: list[np.ndarray], pieces: int) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """How often each text has each piece and each hashed pair."""
    def matrix(parts: list[np.ndarray], width: int) -> sp.csr_matrix:
        rows = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        flat = np.concatenate(parts)
        return sp.csr_matrix((np.ones(len(flat), np.float32), (rows, flat)), shape=(len(parts), width))
    return matrix(ids, pieces), matrix([pair_buckets(item) for item in ids], BUCKETS)


def rarity(present: sp.csr_matrix) -> np.ndarray:
    """Smoothed inverse document frequency, as scikit-learn counts it."""
    held = np.asarray((present > 0).sum(0)).ravel()
    return (np.log((1 + present.shape[0]) / (1 + held)) + 1).astype(np.float32)


class Lookup(nn.Module):
    """Tables of logits per piece and per hashed pair, and the squared length that each adds to a text."""

    def __init__(self, pieces: int):
        super().__init__()
        self.pieces, self.pairs = nn.Embedding(pieces, WIDTH), nn.Embedding(BUCKETS, WIDTH)
        self.piece_length, self.pair_length = nn.Embedding(pieces, 1), nn.Embedding(BUCKETS, 1)
        self.offset = nn.Parameter(torch.zeros(WIDTH))
        self.requires_grad_(False)

    def forward(self, ids: Tensor, mask: Tensor) -> dict[str, Tensor]:
        m = mask.unsqueeze(-1).float()
        hashed = (ids[:, :-1] * 1_000_003 + ids[:, 1:] * 8_191) % BUCKETS
        total = (self.pieces(ids) * m).sum(1) + (self.pairs(hashed) * m[:, 1:]).sum(1)
        square = (self.piece_length(ids) * m).sum(1) + (self.pair_length(hashed) * m[:, 1:]).sum(1)
        logits = total / square.clamp(min=1.0).sqrt() + self.offset
        return dict(zip(VOICED, logits.split([len(HEADS[name][1]) for name in VOICED], 1)))

    def probabilities(self, ids: list[np.ndarray]) -> dict[str, np.ndarray]:
        pieces, pairs = counts(ids, self.pieces.num_embeddings)
        square = pieces @ self.piece_length.weight.numpy() + pairs @ self.pair_length.weight.numpy()
        logits = (pieces @ self.pieces.weight.numpy() + pairs @ self.pairs.weight.numpy()) / np.sqrt(np.maximum(square, 1)) + self.offset.numpy()
        found, at = {}, 0
        for name in VOICED:
            kind, labels = HEADS[name]
            part, at = logits[:, at:at + len(labels)], at + len(labels)
            found[name] = (softmax(part) if kind == "single" else sigmoid(part)).astype(np.float32)
        return found


def fit(tokenizer: Tokenizer, grams: np.ndarray, ids: list[np.ndarray], targets: dict[str, np.ndarray], weights: np.ndarray) -> Lookup:
    """`grams` are the hashed character n-grams per piece, `weights` count a text; classes are balanced on top."""
    size = tokenizer.get_vocab_size()
    real = grams > 0
    spelling = sp.csr_matrix((np.ones(real.sum(), np.float32), (np.repeat(np.arange(size), real.sum(1)), grams[real])), shape=(size, CHARACTERS + 1))
    pieces, pairs = counts(ids, size)
    weigh_pieces, weigh_pairs, weigh_characters = rarity(pieces), rarity(pairs), rarity(pieces @ spelling) * CHARACTER_WEIGHT
    spelled = sp.hstack([sp.diags(weigh_pieces), spelling @ sp.diags(weigh_characters)]).tocsr()
    found = Lookup(size)
    found.piece_length.weight.data = torch.from_numpy(np.asarray(spelled.multiply(spelled).sum(1), np.float32))
    found.pair_length.weight.data = torch.from_numpy(weigh_pairs[:, None] ** 2)
    square = pieces @ found.piece_length.weight.numpy() + pairs @ found.pair_length.weight.numpy()
    x = (sp.diags((1 / np.sqrt(np.maximum(square.ravel(), 1))).astype(np.float32)) @ sp.hstack([pieces @ spelled, pairs @ sp.diags(weigh_pairs)])).tocsr()
    kept = np.flatnonzero(np.asarray((x > 0).sum(0)).ravel() >= LEAST_TEXTS)
    table, offset = _solve(x[:, kept].astype(np.float32), targets, weights)
    full = np.zeros((x.shape[1], WIDTH), np.float32)
    full[kept] = table
    own = size + CHARACTERS + 1
    found.pieces.weight.data = torch.from_numpy((spelled @ full[:own]).astype(np.float32))
    found.pairs.weight.data = torch.from_numpy(full[own:] * weigh_pairs[:, None])
    found.offset.data = torch.from_numpy(offset.astype(np.float32))
    return found


def balanced(kind: str, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weight of every (text, label), so that labels count alike however many texts they have."""
    total = weights.sum()
    held = np.maximum(weights @ target, 1)
    if kind == "single":
        return weights[:, None] * total / (target.shape[1] * held)
    return weights[:, None] * np.where(target > 0, total / (2 * held), total / (2 * np.maximum(total - held, 1)))


def _solve(x: sp.csr_matrix, targets: dict[str, np.ndarray], weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    turned, width = x.T.tocsr(), x.shape[1]
    each = {name: balanced(HEADS[name][0], targets[name], weights) for name in VOICED}
    ridge = np.concatenate([np.full(len(HEADS[name][1]), RIDGE[name], np.float32) for name in VOICED])

    def loss(v: np.ndarray) -> tuple[float, np.ndarray]:
        table = v[:-WIDTH].reshape(width, WIDTH).astype(np.float32)
        logits = (x @ table).astype(np.float64) + v[-WIDTH:]
        slope, total, at = np.empty_like(logits), 0.0, 0
        for name in VOICED:
            kind, labels = HEADS[name]
            here = slice(at, at + len(labels))
            z, t, w = logits[:, here], targets[name], each[name]
            if kind == "single":
                z = z - z.max(1, keepdims=True)
                log = z - np.log(np.exp(z).sum(1, keepdims=True))
                total -= float((t * log * w).sum())
                slope[:, here] = np.exp(log) * (t * w).sum(1, keepdims=True) - t * w
            else:
                total += float(((np.logaddexp(0, z) - t * z) * w).sum())
                slope[:, here] = (sigmoid(z) - t) * w
            at += len(labels)
        gradient = turned @ slope.astype(np.float32) + ridge * table
        return total + float((ridge * table**2).sum()) / 2, np.concatenate([gradient.ravel().astype(np.float64), slope.sum(0)])

    found = minimize(loss, np.zeros(width * WIDTH + WIDTH), jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "maxcor": 6})
    return found.x[:-WIDTH].reshape(width, WIDTH).astype(np.float32), found.x[-WIDTH:]


def save(found: Lookup, path: Path) -> None:
    torch.save(found.state_dict(), path)


def load(pieces: int, path: Path) -> Lookup:
    found = Lookup(pieces)
    found.load_state_dict(torch.load(path, weights_only=True))
    return found
