"""The benches of matching, motion and seams, run on real footage: their figures as rows of the table."""

import json
import os
import statistics
import subprocess
from pathlib import Path

import flow_opencv
from measure import Failed, run
from table import Row, say

ROOT = Path(__file__).resolve().parent.parent
# Seams are also measured at cuts that no parameter was chosen on: those of this seed.
FRESH_SEED = 1
CLIPS = "bigbuckbunny.mp4", "bikes.mp4"
JUMP = 1.5
HALF_DB = 0.5


def _bench(bench, name, *options, result=None):
    """Runs one of the engine's benches; gives what it writes."""
    path = bench.work / f"{result or name}.json"
    path.unlink(missing_ok=True)
    footage = Path(bench.options.footage).resolve()
    for clip in CLIPS:
        if not (footage / clip).is_file():
            raise Failed(f"{footage} has no {clip}")
    cargo = os.environ.get("CARGO", "cargo")
    say(f"{name} {' '.join(options)}")
    done = run(
        [cargo, "bench", "-p", "kinora-core", "--bench", name, "--", "--footage", footage, "--json", path, *options],
        cwd=ROOT,
    )
    say(f"{name}: {done.wall_secs:.0f} s")
    return json.loads(path.read_text(encoding="utf-8"))


def flow(bench):
    """Frames held back and made anew: Kinora's flow beside OpenCV's, minterpolate, a blend and a repeat."""
    python = bench.options.opencv
    if python is None:
        try:
            python = flow_opencv.python(bench.work / "opencv")
        except (OSError, subprocess.CalledProcessError) as error:
            say(f"flow: OpenCV could not be installed and is left out; give a Python that has it by --opencv ({error})")
    rows = _bench(bench, "flow", *(["--opencv", str(python)] if python else []))["flow"]
    bench.raw["flow"] = rows
    for clip in dict.fromkeys(row["clip"] for row in rows):
        found = {row["engine"]: row for row in rows if row["clip"] == clip}
        own = found["dis fast (the default)"]
        peers = {"OpenCV fast, linear": -0.3, "minterpolate": None, "blend": None, "repeat": None}
        for peer, bound in peers.items():
            if peer not in found:
                continue
            other = found[peer]
            own_db, other_db = _on_the_same_frames(own, other)
            name, texts = f"flow, {clip}, {peer}", (f"{own_db:.2f} dB", f"{other_db:.2f} dB")
            bench.rows.append(Row(name, *texts, own_db - other_db, "dB", bound, at_most=False))
            if peer not in ("blend", "repeat"):
                texts = f"{own['ms_one']:.1f} ms", f"{other['ms_one']:.1f} ms"
                bench.rows.append(Row(f"{name}, one core", *texts, other["ms_one"] / own["ms_one"], "× faster", None))


def _on_the_same_frames(own, other):
    """Mean PSNR of both over the frames that the other made: a slow one makes only some."""
    made = other.get("held_frames")
    if made is None:
        return own["psnr_db"], other["psnr_db"]
    by_frame = dict(zip(own["held_frames"], own["frame_psnr_db"]))
    return statistics.mean(by_frame[frame] for frame in made), other["psnr_db"]


def matches(bench):
    """Error rates of the match on labelled pairs."""
    found = _bench(bench, "matches", *([] if bench.options.full else ["--sample"]))
    threshold = found["threshold"]
    rates = {}
    for label in ("same", "different"):
        pairs = [pair for pair in found["pairs"] if pair["label"] == label]
        for part in ("all", "held out"):
            kept = [pair for pair in pairs if part == "all" or pair["held_out"]]
            wrong = sum((pair["score"] >= threshold) != (label == "same") for pair in kept)
            rates[label, part] = (wrong, len(kept))
    bench.raw["matches"] = {key: found[key] for key in ("threshold", "by_kind", "by_source", "trade_off")}
    count = rates["same", "all"][1] + rates["different", "all"][1]
    bench.rows.append(Row("match, labelled pairs", "", "", count, "pairs", 500, at_most=False, digits=0))
    for label, word, bound in (("same", "missed", 1.0), ("different", "false", 0.5)):
        for part in ("all", "held out"):
            wrong, of = rates[label, part]
            name = f"match, {word}{'' if part == 'all' else ', sources held out'}"
            bench.rows.append(Row(name, f"{wrong} of {of}", "", 100 * wrong / max(of, 1), "%", bound))


def seams(bench):
    """Smoothed seams against their truth, at cuts that parameters were chosen on and at others; then their speed."""
    for part, seed in (("fresh cuts", FRESH_SEED), ("tuned cuts", 0)):
        found = _bench(bench, "seams", "--engines", "dis", "--seed", str(seed), result=f"seams-{seed}")
        bench.raw[f"seams, {part}"] = found
        _quality(bench, f"seam, {len(found['cases'])} {part}", found)
    secs = 6 if bench.options.full else 1
    speed = _bench(
        bench, "seams", "--cases", "0", "--engines", "dis", "--speed", "--clip-secs", str(secs), result="seams-speed"
    )["speed"]
    bench.raw["seams, speed"] = speed
    own, mission = sum(speed["seams"]["dis"].values()), speed["mission_secs"]
    name = f"seam, 1080p, two {secs} s clips, beside the mission's command"
    bench.rows.append(Row(name, f"{own:.2f} s", f"{mission:.1f} s", mission / own, "× faster", 10.0, at_most=False))
    if secs != 6:
        # A seam costs the same between clips of any length; the command goes through every frame of them.
        whole = mission * 6 / secs
        texts = f"{own:.2f} s", f"{whole:.0f} s, reckoned"
        bench.rows.append(Row("    the same, 6 s clips in proportion", *texts, whole / own, "× faster", None))


def _quality(bench, name, found):
    cases, own = found["cases"], found["summary"]["dis"]
    for peer, text in (("plain", "plain cut"), ("dissolve", "dissolve"), ("whole-clip", "whole-clip minterpolate")):
        other = found["summary"][peer]
        for field, measure, unit, digits in (("psnr_db", "PSNR", "dB", 2), ("ssim", "SSIM", "", 4)):
            texts = f"{own[field]:.{digits}f} {unit}".rstrip(), f"{other[field]:.{digits}f} {unit}".rstrip()
            difference = own[field] - other[field]
            # Better than each, so a hair above nothing.
            least = 10.0**-digits
            row = Row(f"{name}, {measure}, {text}", *texts, difference, unit, least, at_most=False, digits=digits)
            bench.rows.append(row)
    over = {case["name"]: case["methods"]["dis"]["psnr_db"] - case["methods"]["plain"]["psnr_db"] for case in cases}
    worst = min(over, key=over.get)
    below = sum(gain < -HALF_DB for gain in over.values())
    texts = worst, f"{below} below -{HALF_DB} dB"
    bench.rows.append(Row(f"{name}, worst over the plain cut", *texts, over[worst], "dB", -HALF_DB, at_most=False))
    stall, before = own["longest_stall_frames"], found["summary"]["plain"]["longest_stall_frames"]
    texts = f"{stall} frames", f"plain {before} frames"
    bench.rows.append(Row(f"{name}, longest stall", *texts, stall, "frames", 1, digits=0))
    jumps = {case["name"]: case["methods"]["dis"]["largest_jump"] for case in cases}
    above = [case for case in cases if jumps[case["name"]] > JUMP]
    of_truth = sum(case["truth"]["largest_jump"] > JUMP for case in above)
    plain = sum(case["methods"]["plain"]["largest_jump"] > JUMP for case in cases)
    largest = max(jumps, key=jumps.get)
    texts = largest, f"plain {found['summary']['plain']['largest_jump']:.2f} ×"
    bench.rows.append(Row(f"{name}, largest jump", *texts, jumps[largest], "× median", JUMP))
    texts = f"in {of_truth} the truth too", f"plain {plain}"
    bench.rows.append(Row(f"    cases with a jump above {JUMP}", *texts, len(above), "cases", None, digits=0))
