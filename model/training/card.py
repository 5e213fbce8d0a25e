"""Writes the tables of model/README.md from report.json, so that no figure is typed by hand.

python -m model.training.card            # rewrites what stands between <!-- NAME --> and <!-- /NAME -->
"""

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path

PARTS = {
    "labelled_test": "all of labelled/test", "labelled_test_trained_sources": "sources of class OK and SA",
    "labelled_test_never_trained_sources": "sources never trained on", "written_test": "written/test", "labelled_and_written_test": "both together",
}
# issue, part, figure, bar, at least or at most
BARS = [
    ("intent macro-F1, trained sources", "labelled_test_trained_sources", "intent_macro_f1", 0.72, True),
    ("intent macro-F1, never trained", "labelled_test_never_trained_sources", "intent_macro_f1", 0.60, True),
    ("sentiment (3 levels) macro-F1", "labelled_test", "sentiment3_macro_f1", 0.78, True),
    ("emotions micro-F1", "labelled_test", "emotions_micro_f1", 0.62, True),
    ("trigger spans, F1 of spans that overlap", "labelled_test", "trigger_span_f1", 0.55, True),
    ("trigger spans, F1 of characters", "labelled_test", "trigger_overlap_f1", 0.55, True),
    ("critical recall, model alone", "labelled_and_written_test", "critical_recall", 0.90, True),
    ("over-escalation, model alone", "labelled_and_written_test", "over_escalation", 0.25, False),
]


def show(figure: dict | None) -> str:
    return "–" if not figure or figure.get("value") is None else f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows])


def bars(r: dict) -> str:
    rows = []
    for name, part, figure, bar, least in BARS:
        value = r[part][figure]
        reached = value["value"] >= bar if least else value["value"] <= bar
        linear = r.get("tfidf_linear", {}).get(part, {}).get(figure) if "trigger" not in figure else None
        rows.append([name, f"{'≥' if least else '≤'} {bar}", show(value), show(linear), "yes" if reached else "**no**"])
    for head, value in r["labelled_test"]["calibration_error"].items():
        linear = r.get("tfidf_linear", {}).get("labelled_test", {}).get("calibration_error", {}).get(head)
        rows.append([f"calibration error, {head}", "≤ 0.05", show(value), show(linear), "yes" if value["value"] <= 0.05 else "**no**"])
    return table(["figure", "bar", "shipped int8 file", "TF-IDF + linear, same split", "reached"], rows)


def public(r: dict) -> str:
    if "public_sets" not in r:
        return "Not measured in this run (`python -m model.training.public_sets`)."
    rows = []
    for name, p in r["public_sets"].items():
        if not isinstance(p, dict):
            continue
        key = "macro_f1" if "macro_f1" in p["one_model"] and isinstance(p["one_model"]["macro_f1"], dict) else "accuracy"
        best = max(p[k][key]["value"] for k in ("one_model", "seeds_averaged", "with_tfidf") if k in p)
        rows.append([name, f"{key} ≥ {p['bar']}", show(p["one_model"][key]), f"{show(p['seeds_averaged'][key])} ({p['seeds']})", show(p.get("with_tfidf", {}).get(key)), show(p.get("tfidf_linear", {}).get(key)), "yes" if best >= p["bar"] else "**no**"])
    return table(["set", "bar", "one model", "seeds averaged", "with TF-IDF", "TF-IDF + linear", "reached"], rows) + f"\n\n{r['public_sets']['steps']:,} steps of 64 messages."


def heads(r: dict) -> str:
    names = ["intent_accuracy", "intent_top3_accuracy", "intent_macro_f1", "sentiment_accuracy", "sentiment3_accuracy", "sentiment3_macro_f1", "emotions_micro_f1",
             "urgency_accuracy", "urgency_within_one", "priority_accuracy", "critical_recall", "over_escalation", "trigger_overlap_f1", "trigger_span_f1"]
    return table(["figure", *PARTS.values()], [["rows", *(str(r[p]["rows"]) for p in PARTS)], *[[n, *(show(r[p].get(n)) for p in PARTS)] for n in names]])


def sources(r: dict) -> str:
    names = ["intent_accuracy", "intent_macro_f1", "sentiment3_accuracy", "emotions_micro_f1", "priority_accuracy", "critical_recall", "over_escalation", "trigger_span_f1"]
    return table(["source", "rows", *names], [[s, str(f["rows"]), *(show(f.get(n)) for n in names)] for s, f in r["per_source"].items()])


def bands(r: dict) -> str:
    rows = [[head, band, str(f["rows"]), "–" if f["error"] is None else f"{f['error']:.3f}"] for head, found in r["bands_on_labelled_test"].items() for band, f in found.items()]
    return table(["head", "band", "test rows", "error"], rows)


def intents(r: dict) -> str:
    rows = [[n, str(f["rows"]), f"{f['f1']:.2f}", f["most_often_taken_for"] or "–"] for n, f in r["per_intent_labelled_test"].items()]
    return table(["intent", "test rows", "F1", "most often taken for"], rows)


def metamorphic(r: dict) -> str:
    found = r["metamorphic"]
    cell = lambda f: f"{f['changed']:.3f} ({f['changed_when_sure'] if f['changed_when_sure'] is None else format(f['changed_when_sure'], '.3f')})"
    rows = [[name, str(f["messages"]), *(cell(f[h]) for h in ("intent", "sentiment", "urgency", "priority"))] for name, f in found.items() if name != "politeness"]
    polite = found["politeness"]
    return table(["change", "messages", "intent", "sentiment", "urgency", "priority"], rows) + (
        f"\n\nPoliteness: of {polite['pairs']} polite versions of critical messages that were found critical, {polite['critical_kept']:.3f} stay critical.")


def bench(r: dict) -> str:
    b = r["bench"]
    names = ["16", "64", "256", "64 in a batch of 32, per message"]
    rows = [[m, *(" / ".join(str(b[m][n].get(k, "–")) for k in ("least", "p50", "p95")) for n in names)] for m in ("shipped", "MiniLM-L6", "DistilBERT")]
    a = b["arithmetic"]
    return table(["model", *(f"{n} tokens" if n.isdigit() else n for n in names)], rows) + (
        f"\n\n{a['tokens_per_second_at_64']:,} tokens/s at 64 tokens; {a['multiply_adds_per_token']:,} multiply-adds a token; one core does {a['core_int8_multiply_adds_per_second'] / 1e9:.0f} G int8 "
        f"multiply-adds/s here, so the share of the arithmetic limit is {a['share_of_limit']:.3f}.")


def size(r: dict) -> str:
    total = sum(r["bytes"].values())
    return table(["file", "bytes"], [[n, f"{v:,}"] for n, v in r["bytes"].items()] + [["together", f"{total:,}"]])


def rows(r: dict) -> str:
    return table(["group", "messages"], [[n, f"{v:,}"] for n, v in r["training_rows"].items()] + [[f"of which {n}", f"{v:,}"] for n, v in r["ticket_files"].items()])


def language(r: dict) -> str:
    found = r["languages"]
    others = ", ".join(f"{code} {value:.2f}" for code, value in found["others_told_apart"].items())
    return (f"English kept as English: {found['english_kept']:.4f} of {found['english_rows']} whole messages, {found['english_kept_first_three_words']:.4f} when cut to their first three words. "
            f"Other languages told apart (five words and more, social and encyclopedic text, not support): mean {found['others_told_apart_mean']:.3f}; {others}.")


def long_texts(r: dict) -> str:
    found = r["long_texts"]
    names = ["intent", "sentiment", "urgency", "priority", "emotions_micro_f1"]
    return f"{found['rows']} test messages of more than one window.\n\n" + table(["pooling", *names], [[v, *(f"{found[v][n]:.3f}" for n in names)] for v in ("shipped", "mean_everywhere", "first_window") if v in found])


def probes(r: dict) -> str:
    p = r["probes"]
    wrong = [row for row in p["rows"] if row["wanted"]["intent"] != row["said"]["intent"] or row["wanted"]["priority"] != row["said"]["priority"]]
    lines = [[row["text"], f"{row['wanted']['intent']}, {row['wanted']['priority']}", f"{row['said']['intent']} ({row['intent_confidence']:.2f}), {row['said']['priority']}"] for row in wrong]
    return f"Of {p['messages']} messages written to be hard, {p['intent_right']} intents and {p['priority_right']} priorities are right. Wrong ones:\n\n" + table(["message", "should be", "model says"], lines)


BLOCKS: dict[str, Callable[[dict], str]] = {
    "version": lambda r: f"`{r['model']}`", "bars": bars, "public": public, "heads": heads, "sources": sources, "bands": bands, "intents": intents,
    "metamorphic": metamorphic, "bench": bench, "size": size, "rows": rows, "language": language, "long_texts": long_texts, "probes": probes,
    "curve": lambda r: table(["training messages labelled with the whole guide", "intent macro-F1, trained sources' dev", "intent macro-F1, sources never trained on (their train and dev rows)"],
                             [[str(p["messages"]), f"{p['trained_dev']:.3f}", f"{p['never_trained']:.3f}"] for p in r["learning_curve_tfidf"]]) if "learning_curve_tfidf" in r else "Not measured.",
    "leave_one_out": lambda r: table(["source left out", "rows", "intent accuracy", "intent macro-F1", "priority accuracy"],
                                     [[s, str(f["rows"]), f"{f['intent_accuracy']:.3f}", f"{f['intent_macro_f1']:.3f}", f"{f['priority_accuracy']:.3f}"] for s, f in r["leave_one_source_out_tfidf"].items()]) if "leave_one_source_out_tfidf" in r else "Not measured.",
    "parity": lambda r: f"PyTorch beside ONNX before int8: largest difference {r['parity']['largest_difference_before_int8']:.1e}. After int8 the top labels agree in "
                        + ", ".join(f"{k} {v:.4f}" for k, v in r["parity"]["same_top_label_after_int8"].items()) + f" of {r['parity']['messages']} messages." if "parity" in r else "Not measured.",
}


def render(text: str, report: dict) -> str:
    for name, block in BLOCKS.items():
        pattern = re.compile(f"(<!-- {name} -->).*?(<!-- /{name} -->)", re.DOTALL)
        inline = name == "version"
        body = block(report) if pattern.search(text) else ""
        text = pattern.sub(lambda m: m[1] + (body if inline else f"\n{body}\n") + m[2], text)
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", type=Path, default=Path("model/report.json"))
    parser.add_argument("--card", type=Path, default=Path("model/README.md"))
    options = parser.parse_args()
    report = json.loads(options.report.read_text(encoding="utf-8"))
    options.card.write_text(render(options.card.read_text(encoding="utf-8"), report), encoding="utf-8")


if __name__ == "__main__":
    main()
