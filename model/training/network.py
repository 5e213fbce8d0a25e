"""Two branches over the same ids: a bag of pieces and hashed n-grams, and a two-layer transformer. Their errors differ,
so the mean of their log-probabilities beats either; a linear third one (lookup.py) joins before export. Plain operations only: what is trained is what is exported.
"""

import math
import random
import zlib
from dataclasses import asdict, dataclass

import numpy as np
import scipy.sparse as sp
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from .labels import HEADS, TRIGGER_TAGS

FAR = -1e4  # added to masked positions; large enough for softmax and max, small enough for int8 ranges


@dataclass
class Shape:
    vocabulary: int
    width: int = 256
    layers: int = 2
    attention_heads: int = 4
    positions: int = 128
    buckets: int = 65_536
    ngram_width: int = 96
    char_buckets: int = 32_768
    embedding: int = 128
    dropout: float = 0.4

    def as_dict(self) -> dict:
        return asdict(self)


def char_ngrams(tokenizer: Tokenizer, buckets: int, most: int = 28) -> np.ndarray:
    """Per piece the hashed character n-grams (2 to 5) that its vector is made of; folded into one table at export."""
    names = {index: name for name, index in tokenizer.get_vocab().items()}
    table = np.zeros((tokenizer.get_vocab_size(), most), np.int64)
    for index in range(5, len(table)):
        name = names[index]
        name = name[2:] + ">" if name.startswith("##") else "<" + name + ">"
        grams = [name[k:k + n] for n in (2, 3, 4, 5) for k in range(len(name) - n + 1)]
        random.Random(index).shuffle(grams)
        for column, gram in enumerate(grams[:most]):
            table[index, column] = 1 + zlib.crc32(gram.encode()) % buckets
    return table


class Dropout(nn.Module):
    """nn.Dropout with random bytes from NumPy: torch's generator took a fifth of the training time on one core."""

    def __init__(self, rate: float):
        super().__init__()
        self.threshold = round(rate * 256)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.threshold:
            return x
        # Seeded from torch's generator, so one seed governs the run.
        generator = np.random.Generator(np.random.SFC64(int(torch.randint(2**31, ()))))
        drawn = np.frombuffer(generator.bytes(x.numel()), np.uint8).reshape(x.shape)
        return x * torch.from_numpy(drawn >= self.threshold).to(x.dtype).mul_(256 / (256 - self.threshold))


class Compose(torch.autograd.Function):
    """Rows of `weight` summed per piece. A sparse matrix product: gathering every n-gram's vector took a third of a step."""

    @staticmethod
    def forward(ctx, weight: Tensor, grams: np.ndarray, root: np.ndarray) -> Tensor:
        used, places = np.unique(grams, return_inverse=True)
        places = places.reshape(grams.shape)
        real = grams > 0
        starts = np.concatenate([[0], np.cumsum(real.sum(1))])
        values = np.repeat(1 / root, real.sum(1)).astype(np.float32)
        matrix = sp.csr_matrix((values, places[real], starts), shape=(len(grams), len(used)))
        ctx.matrix, ctx.used, ctx.shape = matrix, torch.from_numpy(used), weight.shape
        return torch.from_numpy(matrix @ weight[ctx.used].numpy())

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None, None]:
        rows = torch.from_numpy(ctx.matrix.T.tocsr() @ gradient.numpy())
        return torch.sparse_coo_tensor(ctx.used[None], rows, ctx.shape, is_coalesced=True), None, None


class PieceTable(nn.Module):
    """Piece vectors plus the sum of their character n-grams."""

    def __init__(self, shape: Shape, grams: np.ndarray | None):
        super().__init__()
        self.pieces = nn.Embedding(shape.vocabulary, shape.width, sparse=True)
        nn.init.normal_(self.pieces.weight, std=0.05)
        self.grams = None
        if grams is not None:
            self.index, self.root = grams, np.sqrt(np.maximum(1, (grams > 0).sum(1)))
            self.grams = nn.Embedding(shape.char_buckets + 1, shape.width, sparse=True, padding_idx=0)
            nn.init.normal_(self.grams.weight, std=0.05)
            self.grams.weight.data[0] = 0

    def forward(self, ids: Tensor) -> Tensor:
        x = self.pieces(ids)
        if self.grams is None:
            return x
        unique, inverse = ids.unique(return_inverse=True)
        return x + Compose.apply(self.grams.weight, self.index[unique.numpy()], self.root[unique.numpy()])[inverse]

    def folded(self) -> "PieceTable":
        plain = PieceTable(Shape(*self.pieces.weight.shape), None)
        with torch.no_grad():
            plain.pieces.weight.data = self(torch.arange(len(self.pieces.weight)))
        return plain


class Bag(nn.Module):
    def __init__(self, shape: Shape, table: PieceTable):
        super().__init__()
        self.table, self.buckets = table, shape.buckets
        self.ngrams = nn.Embedding(shape.buckets, shape.ngram_width, sparse=True)
        nn.init.normal_(self.ngrams.weight, std=0.05)
        self.importance = nn.Embedding(shape.vocabulary, 1)
        nn.init.zeros_(self.importance.weight)
        self.width = 2 * shape.width + shape.ngram_width
        self.norm = nn.LayerNorm(self.width)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        m = mask.unsqueeze(-1).float()
        x = self.table(ids)
        e = torch.exp(self.importance(ids)) * m
        mean = (x * (e / e.sum(1, keepdim=True))).sum(1)
        top = (x + (1 - m) * FAR).max(1).values
        pairs = self.ngrams((ids[:, :-1] * 1_000_003 + ids[:, 1:] * 8_191) % self.buckets) * m[:, 1:]
        triples = self.ngrams((ids[:, :-2] * 1_000_003 + ids[:, 1:-1] * 8_191 + ids[:, 2:] * 131_071 + 7) % self.buckets) * m[:, 2:]
        grams = (pairs.sum(1) + triples.sum(1)) / (m.sum(1).sqrt() * 2)
        return self.norm(torch.cat([mean, top, grams], 1)), pairs


class Block(nn.Module):
    def __init__(self, width: int, heads: int, dropout: float = 0.1):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        batch, length, width = x.shape
        q, k, v = (
            t.reshape(batch, length, self.heads, width // self.heads).transpose(1, 2)
            for t in self.qkv(self.norm1(x)).split(width, 2)
        )
        weights = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(width // self.heads) + bias, -1)
        x = x + self.drop(self.out((weights @ v).transpose(1, 2).reshape(batch, length, width)))
        return x + self.drop(self.down(F.gelu(self.up(self.norm2(x)))))


class Transformer(nn.Module):
    def __init__(self, shape: Shape, table: PieceTable):
        super().__init__()
        self.table = table
        self.position = nn.Parameter(torch.randn(shape.positions, shape.width) * 0.02)
        self.norm_in, self.norm_out = nn.LayerNorm(shape.width), nn.LayerNorm(shape.width)
        self.blocks = nn.ModuleList([Block(shape.width, shape.attention_heads) for _ in range(shape.layers)])
        self.attention = nn.Linear(shape.width, 1)
        self.width = 3 * shape.width
        self.norm = nn.LayerNorm(self.width)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        m = mask.unsqueeze(-1).float()
        x = self.table(ids)
        z = self.norm_in(x + self.position[: ids.shape[1]])
        bias = ((1 - m) * FAR).transpose(1, 2).unsqueeze(1)
        for block in self.blocks:
            z = block(z, bias)
        z = self.norm_out(z)
        pooled = (z * torch.softmax(self.attention(z) + (1 - m) * FAR, 1)).sum(1)
        mean = (x * m).sum(1) / m.sum(1)
        top = (x + (1 - m) * FAR).max(1).values
        return self.norm(torch.cat([pooled, mean, top], 1)), z, x


class FirstTagger(nn.Module):
    """One linear layer: it makes the token vectors useful while all heads train together."""

    def __init__(self, width: int):
        super().__init__()
        self.width, self.linear = width, nn.Linear(width, len(TRIGGER_TAGS))

    def forward(self, tokens: Tensor) -> Tensor:
        return self.linear(tokens[..., : self.width])


class Tagger(nn.Module):
    """The shipped trigger head: sees two tokens to either side. Trained on frozen token vectors (tagger.py)."""

    def __init__(self, width: int, inner: int = 128, reach: int = 2):
        super().__init__()
        self.reach, self.squeeze = reach, nn.Linear(width, inner)
        self.norm = nn.LayerNorm(inner)
        self.mix, self.out = nn.Linear(inner * (2 * reach + 1), inner), nn.Linear(inner, len(TRIGGER_TAGS))
        self.drop = Dropout(0.3)

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.drop(self.norm(self.squeeze(self.drop(tokens))))
        wide = F.pad(x, (0, 0, self.reach, self.reach))
        length = x.shape[1]
        near = torch.cat([wide[:, k:k + length] for k in range(2 * self.reach + 1)], 2)
        return self.out(self.drop(F.gelu(self.mix(near))))


class Net(nn.Module):
    def __init__(self, shape: Shape, auxiliary: dict[str, int], grams: np.ndarray | None):
        super().__init__()
        self.shape, self.auxiliary = shape, auxiliary
        self.bag = Bag(shape, PieceTable(shape, grams))
        self.transformer = Transformer(shape, PieceTable(shape, grams))
        self.drop, self.drop_tokens = Dropout(shape.dropout), Dropout(0.2)
        self.bag_heads = nn.ModuleDict({name: nn.Linear(self.bag.width, len(labels)) for name, (_, labels) in HEADS.items()})
        self.transformer_heads = nn.ModuleDict({name: nn.Linear(self.transformer.width, len(labels)) for name, (_, labels) in HEADS.items()})
        self.bag_auxiliary = nn.ModuleDict({name: nn.Linear(self.bag.width, size) for name, size in auxiliary.items()})
        self.transformer_auxiliary = nn.ModuleDict({name: nn.Linear(self.transformer.width, size) for name, size in auxiliary.items()})
        self.tags: nn.Module = FirstTagger(shape.width + shape.ngram_width)
        # Linear voices of the heads and of the triggers: fitted apart and joined before export.
        self.lookup: nn.Module | None = None
        self.tag_lookup: nn.Module | None = None
        self.project = nn.Linear(self.bag.width + self.transformer.width, shape.embedding)
        # The embedding learns by telling fine topics apart with a cosine classifier; near topics end up near.
        self.prototypes = nn.ParameterDict({name: nn.Parameter(torch.randn(size, shape.embedding) * 0.1) for name, size in {**auxiliary, "intent": len(HEADS["intent"][1])}.items()})

    def features(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        bag, pairs = self.bag(ids, mask)
        deep, z, x = self.transformer(ids, mask)
        # A token sees the pair that it begins; the last one has none.
        return bag, deep, torch.cat([z, F.pad(pairs, (0, 0, 0, 1)), x], 2)

    def embed(self, bag: Tensor, deep: Tensor) -> Tensor:
        return F.normalize(self.project(torch.cat([bag, deep], 1)), dim=1)

    def forward(self, ids: Tensor, mask: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        """Per head the logits of both branches (they are trained apart and joined by `fuse`)."""
        bag, deep, tokens = self.features(ids, mask)
        out = {}
        dropped_bag, dropped_deep = self.drop(bag), self.drop(deep)
        for name in HEADS:
            out[name] = (self.bag_heads[name](dropped_bag), self.transformer_heads[name](dropped_deep))
        for name in self.auxiliary:
            out["aux:" + name] = (self.bag_auxiliary[name](dropped_bag), self.transformer_auxiliary[name](dropped_deep))
        embedding = self.embed(bag, deep)
        out["embedding"] = (embedding, embedding)
        return out | {"tokens": (tokens, tokens), "features": (bag, deep)}

    def topic_logits(self, name: str, embedding: Tensor) -> Tensor:
        return 14 * embedding @ F.normalize(self.prototypes[name], dim=1).T

    def tables(self) -> list[nn.Parameter]:
        """Parameters with sparse gradients."""
        found = [self.bag.ngrams.weight]
        for table in (self.bag.table, self.transformer.table):
            found.append(table.pieces.weight)
            if table.grams is not None:
                found.append(table.grams.weight)
        return found


# Share of the linear voice (lookup.py) beside the two branches; the mean of their log-probabilities is the answer. Chosen by the
# log-loss of held-out rows; since mentors teach the branches, the linear voice adds little but to triggers.
LOOKUP_SHARE = {"intent": 0.2, "sentiment": 0.25, "emotions": 0.2, "urgency": 0.2, "priority": 0.1, "trigger": 0.5}


def fuse(kind: str, pair: tuple[Tensor, Tensor], lookup: Tensor | None = None, share: float = 0.0) -> Tensor:
    log = (lambda logits: F.log_softmax(logits, -1)) if kind == "single" else (lambda logits: logits)
    nets = (log(pair[0]) + log(pair[1])) / 2
    return nets if lookup is None else (1 - share) * nets + share * log(lookup)
