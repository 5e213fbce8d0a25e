"""The pretrained encoder, taught our labels: a teacher that reads customers of unknown channels better than anything trained on our data alone.

A mentor is too large and too slow to ship (5 million multiply-adds a token, and tokens of its own). It labels text for the student, and
the student's features learn to hold what the mentor's features hold (`meaning`).
"""

import random
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from . import encoder as encoders, examples
from .augment import variant
from .encoder import Encoder
from .examples import CORE, SHARES, Sources
from .labels import HEADS
from .mapping import Mapping
from .train import HEAD_WEIGHT, inside, warm_cosine

TAUGHT = [name for name in HEADS if name != "language"]
TRAIN_TOKENS, BATCH = 96, 48
# The encoder moves a tenth as fast as the heads: faster, it forgets what it knew of other customers.
ENCODER_RATE, HEAD_RATE = 1.5e-4, 2e-3
MEANING = 256  # numbers per mentor that a student's features should hold


class Mentor(nn.Module):
    def __init__(self, folder: Path):
        super().__init__()
        self.encoder, self.norm, self.drop = Encoder(folder), nn.LayerNorm(encoders.WIDTH), nn.Dropout(0.3)
        self.heads = nn.ModuleDict({name: nn.Linear(2 * encoders.WIDTH, len(HEADS[name][1])) for name in TAUGHT})

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        mean, hidden = self.encoder(ids, mask)
        features = torch.cat([self.norm(mean), hidden], 1)
        dropped = self.drop(features)
        return {name: head(dropped).float() for name, head in self.heads.items()}, features


def _pad(ids: list[list[int]]) -> tuple[Tensor, Tensor]:
    x = torch.zeros(len(ids), max(map(len, ids)), dtype=torch.long)
    mask = torch.zeros_like(x, dtype=torch.bool)
    for row, item in enumerate(ids):
        x[row, : len(item)] = torch.tensor(item)
        mask[row, : len(item)] = True
    return x, mask


class _Lessons:
    """Labelled text of every group: messages labelled with the whole guide with one changed copy each, public rows by their sets of labels."""

    def __init__(self, sources: Sources, mapping: Mapping, found: Tokenizer, seed: int):
        texts, targets, groups = [], [], []
        rng, seen = random.Random(seed), {row.id for name in CORE for row in sources.groups[name]}
        for name, rows in sources.groups.items():
            for row in rows:
                if row.lang != "en" or name == "languages" or (name not in CORE and row.id in seen):
                    continue
                target = examples.full_targets(row.labels) if name in CORE else mapping.targets(row)
                if target:
                    both = [row, variant(row, rng)] if name in CORE else [row]
                    texts += [copy.text for copy in both]
                    targets += [target] * len(both)
                    groups += [name] * len(both)
        sources.held_out.check_texts(texts, "mentor")
        self.ids = encoders.encode(found, texts, TRAIN_TOKENS)
        empty = {name: ([0.0] * len(HEADS[name][1]), 0.0) for name in TAUGHT}
        self.targets = {name: np.array([target.get(name, empty[name])[0] for target in targets], np.float32) for name in TAUGHT}
        self.weights = {name: np.array([target.get(name, empty[name])[1] for target in targets], np.float32) for name in TAUGHT}
        self.groups = {name: np.flatnonzero(np.array(groups) == name) for name in dict.fromkeys(groups)}
        self.rng = np.random.default_rng(seed)

    def batches(self):
        shares = np.array([SHARES[name] for name in self.groups])
        while True:
            counts = self.rng.multinomial(BATCH * 16, shares / shares.sum())
            pool = np.concatenate([self.rng.choice(rows, count) for rows, count in zip(self.groups.values(), counts)])
            pool = pool[np.argsort([len(self.ids[i]) for i in pool], kind="stable")]
            yield from (pool[place:place + BATCH] for place in self.rng.permutation(np.arange(0, len(pool), BATCH)))


def _loss(said: dict[str, Tensor], lessons: _Lessons, chosen: np.ndarray) -> Tensor:
    total = torch.zeros(())
    for name, logits in said.items():
        weight, target = torch.from_numpy(lessons.weights[name][chosen]), torch.from_numpy(lessons.targets[name][chosen])
        if HEADS[name][0] == "single":
            each = inside(logits, target)
        else:
            each = (F.binary_cross_entropy_with_logits(logits, target.clamp(min=0), reduction="none") * (target >= 0)).sum(1)
        total = total + HEAD_WEIGHT[name] * (each * weight).sum() / len(chosen)
    return total


def fit(sources: Sources, data: Path, folder: Path, run: Path, name: str, seed: int, steps: int, log_every: int = 200) -> Mentor:
    """A trained mentor; a finished one of the same name in the run folder is loaded."""
    path = run / "checkpoints" / f"{name}.pt"
    torch.manual_seed(seed)
    found = Mentor(folder)
    if path.exists():
        found.load_state_dict(torch.load(path, weights_only=True))
        return found.eval()
    lessons = _Lessons(sources, Mapping(data / "public" / "mapping.json"), encoders.tokenizer(folder), seed)
    fresh = [*found.heads.parameters(), *found.norm.parameters()]
    adam = torch.optim.AdamW([{"params": found.encoder.parameters(), "lr": ENCODER_RATE}, {"params": fresh, "lr": HEAD_RATE}], weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: warm_cosine(step + 1, steps))
    began, total = time.time(), 0.0
    found.train()
    for step, chosen in zip(range(1, steps + 1), lessons.batches()):
        with torch.autocast("cpu", torch.bfloat16):
            said, _ = found(*_pad([lessons.ids[i] for i in chosen]))
        loss = _loss(said, lessons, chosen)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(found.parameters(), 1.0)
        adam.step()
        schedule.step()
        total += float(loss.detach())
        if step % log_every == 0 or step == steps:
            print(f"{name} {step}/{steps} loss {total / log_every:.3f} after {time.time() - began:.0f} s", flush=True)
            total = 0.0
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(found.state_dict(), path)
    return found.eval()


def read(found: Mentor, ids: list[list[int]]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Probabilities per head and features (n, 1024) in half precision."""
    said = {name: np.zeros((len(ids), len(HEADS[name][1])), np.float32) for name in TAUGHT}
    features = np.zeros((len(ids), 2 * encoders.WIDTH), np.float16)
    order = np.argsort([len(item) for item in ids], kind="stable")
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(order), BATCH):
            chosen = order[start:start + BATCH]
            logits, held = found(*_pad([ids[i] for i in chosen]))
            features[chosen] = held.float().numpy()
            for name, values in logits.items():
                said[name][chosen] = (values.softmax(-1) if HEADS[name][0] == "single" else values.sigmoid()).numpy()
    return said, features


def meaning(features: list[np.ndarray]) -> np.ndarray:
    """The main directions of each mentor's features, nearly of equal size, together of length one: what a student's features should hold."""
    parts = []
    for held in features:
        sample = held[::12].astype(np.float32)
        middle = sample.mean(0)
        size, directions = np.linalg.eigh(np.cov((sample - middle).T))
        size, directions = size[-MEANING:], directions[:, -MEANING:]
        parts.append((held.astype(np.float32) - middle) @ directions.astype(np.float32) / np.sqrt(size + 0.3 * size.mean()).astype(np.float32))
    found = np.concatenate(parts, 1)
    return (found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)).astype(np.float16)
