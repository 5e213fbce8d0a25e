"""Banking77, CLINC150, GoEmotions and airline sentiment by the same pipeline: comparison only, these weights never ship.

Same words, WordPiece, word statistics, network and training loop as the shipped model. Everything is fixed beforehand except
the thresholds of GoEmotions, which come from its dev file; the others train on train + dev and are measured once on test.
Data that may not train shipped weights (airline, SemEval) take part here.

python -m model.training.public_sets --data ../shared/data --run RUN --seeds 2
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from sklearn.svm import LinearSVC

from . import corpus, lexical, metrics, tokenizer as tokenizers_
from .corpus import Row
from .examples import Examples
from .inference import sigmoid, softmax
from .linear import Linear
from .network import Net, Shape, char_ngrams, fuse
from .train import pad, train

TASKS = {"banking77": "intent", "clinc150": "intent", "airline_sentiment": "sentiment", "goemotions": "emotions"}
HELPERS = {"semeval17_sentiment": "sentiment", "hwu64": "intent", "semeval18_emotions": "emotions"}
MULTI = {"goemotions", "semeval18_emotions"}
MORE_TEXT = ["twcs_airline_unlabelled", "tweeteval_offensive", "vader_valence", "cfpb", "trustpilot", "app_reviews_4class", "bitext_support", "multidogo"]
SHARES = {"banking77": 0.19, "clinc150": 0.23, "airline_sentiment": 0.15, "goemotions": 0.29, "semeval17_sentiment": 0.08, "hwu64": 0.02, "semeval18_emotions": 0.04}
BARS = {"banking77": 0.93, "clinc150": 0.945, "goemotions": 0.48, "airline_sentiment": 0.84}


def names_of(row: Row, field: str) -> list[str]:
    value = row.labels[field]
    return value if isinstance(value, list) else [value]


def rows_of(data: Path, name: str, split: str) -> list[Row]:
    rows = corpus.public(data, name, split)
    return [row for row in rows if row.labels.get("intent") != "oos"] if name == "clinc150" else rows


def best_thresholds(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    grid = np.arange(0.05, 0.8, 0.025)
    return np.array([max(grid, key=lambda t: metrics.f1(y[:, k], p[:, k] >= t, True) if y[:, k].any() else 0) for k in range(y.shape[1])])


def predict(net: Net, task: str, ids: list[np.ndarray]) -> np.ndarray:
    order = np.argsort([len(item) for item in ids])
    out = None
    with torch.no_grad():
        for start in range(0, len(order), 128):
            chosen = order[start:start + 128]
            x, mask = pad([ids[i] for i in chosen])
            bag, deep, _ = net.features(x, mask)
            pair = (net.bag_auxiliary[task](bag), net.transformer_auxiliary[task](deep))
            logits = fuse("multi" if task in MULTI else "single", pair).numpy()
            out = np.zeros((len(ids), logits.shape[1]), np.float32) if out is None else out
            out[chosen] = logits
    return sigmoid(out) if task in MULTI else softmax(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, default=Path("model/training/run"))
    parser.add_argument("--out", type=Path, default=Path("model/report.json"))
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--linear", nargs="*", default=list(TASKS), help="sets that also get a TF-IDF model (GoEmotions takes minutes)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    run = options.run / "public_sets"
    run.mkdir(parents=True, exist_ok=True)
    data = options.data
    train_rows = {name: rows_of(data, name, "train") + ([] if name == "goemotions" else rows_of(data, name, "dev")) for name in (*TASKS, *HELPERS)}
    test_rows = {name: rows_of(data, name, "test") for name in TASKS}
    if (run / "tokenizer.json").exists():
        tokenizer, vectors = tokenizers_.load(run), np.load(run / "lexical.npy")
    else:
        texts = [row.text for rows in train_rows.values() for row in rows] + [row.text for name in MORE_TEXT for row in corpus.public(data, name)]
        tokenizer = tokenizers_.train(texts, 16_000)
        vectors = lexical.vectors(tokenizer, texts, 256, 1)
        np.save(run / "lexical.npy", vectors)
        tokenizers_.save(tokenizer, run)
    labels = {name: sorted({n for row in rows for n in names_of(row, {**TASKS, **HELPERS}[name])}) for name, rows in train_rows.items()}
    examples = Examples(tokenizer, 80)
    for name, rows in train_rows.items():
        index = {label: k for k, label in enumerate(labels[name])}
        for row in rows:
            examples.add(Row(row.id, row.text, row.source), name, {}, (name, [index[n] for n in names_of(row, {**TASKS, **HELPERS}[name])]))
    examples.freeze()
    shape = Shape(tokenizer.get_vocab_size(), positions=80)
    grams = char_ngrams(tokenizer, shape.char_buckets)
    encode = lambda rows: [np.concatenate([[2], ids[:78], [3]]).astype(np.int64) for ids in tokenizers_.encode(tokenizer, [row.text for row in rows])]
    nets: list[dict[str, np.ndarray]] = []
    report: dict = {}
    for seed in range(1, options.seeds + 1):
        net = train(examples, shape, {name: len(found) for name, found in labels.items()}, grams, vectors, steps=options.steps, seed=seed, run=run,
                    name=f"public{seed}", rate=1e-3, table_rate=2e-3, shares=SHARES)
        nets.append({name: predict(net, name, encode(test_rows[name])) for name in TASKS} | {"goemotions:dev": predict(net, "goemotions", encode(rows_of(data, "goemotions", "dev")))})
        report = {name: measure(name, labels[name], nets, train_rows[name], test_rows[name], data, run, name in options.linear) for name in TASKS}
        report["steps"] = options.steps
        body = json.loads(options.out.read_text()) if options.out.exists() else {}
        body["public_sets"] = report
        options.out.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
        print(json.dumps(report, indent=1), flush=True)


def measure(name: str, labels: list[str], nets: list[dict], train_rows: list[Row], test_rows: list[Row], data: Path, run: Path, with_linear: bool) -> dict:
    index = {label: k for k, label in enumerate(labels)}
    held = lambda rows: np.array([[label in names_of(row, TASKS[name]) for label in labels] for row in rows])
    mean = lambda key: np.exp(np.mean([np.log(np.maximum(p[key], 1e-9)) for p in nets], 0))
    linear_test, linear_dev = linear(name, labels, train_rows, test_rows, data, run) if with_linear else (None, None)
    out: dict = {"bar": BARS[name], "train_rows": len(train_rows), "seeds": len(nets)}
    if name in MULTI:
        y, dev = held(test_rows), held(rows_of(data, name, "dev"))
        voices = [("one_model", nets[0][name], nets[0][name + ":dev"]), ("seeds_averaged", mean(name), mean(name + ":dev"))]
        if with_linear:
            voices += [("tfidf_linear", linear_test, linear_dev), ("with_tfidf", (mean(name) + linear_test) / 2, (mean(name + ":dev") + linear_dev) / 2)]
        for key, p, q in voices:
            said = p >= best_thresholds(q, dev)
            out[key] = {"macro_f1": metrics.interval(lambda i: float(np.nanmean([metrics.f1(y[i, k], said[i, k], True) for k in range(len(labels))])), len(y), resamples=300),
                        "micro_f1": metrics.interval(lambda i: metrics.micro_f1(y[i], said[i]), len(y), resamples=300)}
        return out
    y = np.array([index[names_of(row, TASKS[name])[0]] for row in test_rows])
    voices = [("one_model", nets[0][name]), ("seeds_averaged", mean(name))]
    if with_linear:
        voices += [("tfidf_linear", linear_test), ("with_tfidf", mean(name) * linear_test ** 0.5)]
    for key, p in voices:
        top = p.argmax(1)
        out[key] = {"accuracy": metrics.interval(lambda i: (y[i] == top[i]).mean(), len(y)),
                    "macro_f1": round(metrics.macro_f1(y, top, list(range(len(labels)))), 4)}
    return out


def linear(name: str, labels: list[str], train_rows: list[Row], test_rows: list[Row], data: Path, run: Path) -> tuple[np.ndarray, np.ndarray | None]:
    path = run / f"linear_{name}.npz"
    if path.exists():
        saved = np.load(path)
        return saved["test"], saved.get("dev")
    index = {label: k for k, label in enumerate(labels)}
    texts = [row.text for row in train_rows]
    if name in MULTI:
        y = np.array([[label in names_of(row, TASKS[name]) for label in labels] for row in train_rows])
        model = Linear(multi=True, strength=4).fit(texts, y)
        dev = model.probabilities([row.text for row in rows_of(data, name, "dev")], len(labels))
        test = model.probabilities([row.text for row in test_rows], len(labels))
        np.savez_compressed(path, test=test, dev=dev)
        return test, dev
    y = np.array([index[names_of(row, TASKS[name])[0]] for row in train_rows])
    found = Linear()
    svc = LinearSVC(C=0.3 if name == "airline_sentiment" else 1.0)
    svc.fit(found.features.fit_transform(texts), y)
    # Margins to probabilities with one fixed steepness; only the ensemble uses them.
    margins = svc.decision_function(found.features.transform([row.text for row in test_rows]))
    test = softmax(margins * (3.0 if name == "airline_sentiment" else 5.0)).astype(np.float32)
    np.savez_compressed(path, test=test)
    return test, None


if __name__ == "__main__":
    main()
