"""Distillation: teachers label permitted text that nobody labelled with the guide, and copies of our messages with other words.

Their joined probabilities become soft targets of the student. Messages labelled by people keep their labels. Only text
whose licence lets it train shipped weights is read, and the held-out check runs over it once more.
"""

import numpy as np
import torch

from .corpus import Row
from .examples import CORE, Examples, Sources, full_targets
from .inference import sigmoid, softmax
from .labels import HEADS
from .linear import Linear
from .network import Net, fuse
from .train import pad

# Reddit comments and assistant commands are far from tickets; a part of them is enough.
MOST = {"goemotions": 4_000, "clinc150": 1_500, "hwu64": 1_000, "banking77": 2_500, "it_tickets": 0, "brighter_emotions": 1_500, "multidogo": 4_000,
        "bitext_support": 1_000, "vader_valence": 3_000}
SOFT_WEIGHT = {"intent": 0.5, "sentiment": 0.5, "emotions": 0.5, "urgency": 0.5, "priority": 0.5}
# Share of each kind of teacher, together over its members. Mentors are right most often on customers of unknown channels.
MENTORS_SHARE, LINEAR_SHARE, NETS_SHARE = 0.6, 0.2, 0.2


def net_probabilities(net: Net, ids: list[np.ndarray]) -> dict[str, np.ndarray]:
    order = np.argsort([len(item) for item in ids])
    found = {name: np.zeros((len(ids), len(labels)), np.float32) for name, (_, labels) in HEADS.items()}
    net.eval()
    with torch.no_grad():
        for start in range(0, len(order), 64):
            chosen = order[start:start + 64]
            x, mask = pad([ids[i] for i in chosen])
            bag, deep, _ = net.features(x, mask)
            for name, (kind, _) in HEADS.items():
                logits = fuse(kind, (net.bag_heads[name](bag), net.transformer_heads[name](deep))).float().numpy()
                found[name][chosen] = softmax(logits) if kind == "single" else sigmoid(logits)
    return found


def linear_probabilities(rows: list[Row], texts: list[str], heads: tuple[str, ...] = tuple(SOFT_WEIGHT)) -> dict[str, np.ndarray]:
    """TF-IDF models of every head on the messages labelled with the whole guide: the yardstick of the report."""
    targets = [full_targets(row.labels) for row in rows]
    features = Linear(most_features=60_000).features
    own, other = features.fit_transform([row.text for row in rows]), features.transform(texts)
    found = {}
    for name, (kind, labels) in HEADS.items():
        if name not in heads:
            continue
        y = np.array([t[name][0] for t in targets])
        model = Linear(multi=kind == "multi").model.fit(own, y.astype(int) if kind == "multi" else y.argmax(1))
        found[name] = np.zeros((len(texts), len(labels)), np.float32)
        found[name][:, model.classes_ if kind == "single" else slice(None)] = model.predict_proba(other)
    return found


def joined(mentors: list[dict], linear: dict, nets: list[dict]) -> dict[str, np.ndarray]:
    """One opinion of all teachers: the mean of log-probabilities, of probabilities where several labels may hold."""
    voices = [(LINEAR_SHARE, linear)] + [(NETS_SHARE / len(nets), voice) for voice in nets] + [(MENTORS_SHARE / len(mentors), voice) for voice in mentors]
    shares = [share for share, _ in voices]
    found = {}
    for name in SOFT_WEIGHT:
        each = np.stack([voice[name] for _, voice in voices]).astype(np.float64)
        if HEADS[name][0] == "single":
            found[name] = softmax(np.average(np.log(np.maximum(each, 1e-5)), axis=0, weights=shares)).astype(np.float32)
        else:
            found[name] = np.average(each, axis=0, weights=shares).astype(np.float32)
    return found


def choose(sources: Sources, seed: int, everything: bool = False) -> list[Row]:
    """English rows without labels of the guide; of groups far from tickets only a part, unless `everything`."""
    rng = np.random.default_rng(seed)
    seen = {row.id for name in CORE for row in sources.groups[name]}
    rows = []
    for name, group in sources.groups.items():
        if name in CORE or name == "languages":
            continue
        english = [row for row in group if row.lang == "en" and row.id not in seen]
        most = len(english) if everything else MOST.get(name, len(english))
        rows += [english[i] for i in rng.permutation(len(english))[:most]]
    sources.held_out.check(rows, "self-training")
    return rows


def soften(examples: Examples, rows: list[Row], teacher: dict[str, np.ndarray]) -> int:
    """Puts the teacher's probabilities onto the examples of these rows; where the source's own label rules some labels out, they stay out."""
    at = {row.id: k for k, row in enumerate(rows)}
    changed = 0
    examples.soft = np.zeros(len(examples.ids), bool)
    for index, row in enumerate(examples.rows):
        k = at.get(row.id)
        if k is None or examples.group_of[index] in CORE:
            continue
        changed += 1
        examples.soft[index] = True
        for name, weight in SOFT_WEIGHT.items():
            p = teacher[name][k].astype(np.float32)
            if examples.group_of[index] == "substituted":
                weight = 1.0
            member, known = examples.targets[name][index], examples.weights[name][index] > 0
            if HEADS[name][0] == "single":
                if known and (p * member).sum() > 0.02:
                    p = p * member
                    p = p / p.sum()
                    weight = max(weight, float(examples.weights[name][index]))
                elif known:
                    p = member / member.sum()
            elif known:
                p = np.where(member >= 0, 0.7 * member + 0.3 * p, p)
            examples.targets[name][index] = p
            examples.weights[name][index] = weight
    return changed
