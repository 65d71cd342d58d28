"""How fast a random frame of a film is on screen, beside PyAV, OpenCV and decord on the clips it is made of; whether
playback keeps up: frames decoded and put into the graphics card's memory, beside real time; and whether it keeps time.

Everybody is asked for frames of the same clips, exactly. Kinora is timed from the ask to the picture, with its threads; the
others with their files open, from the call to the picture in memory.
"""

import json
import shutil
import statistics
import subprocess
import sys

import fixtures
from film import long_film, spread_over
from measure import Failed, run
from sound import null_sink
from table import Row, say

# Each peer gets a list of (clip, frame) and prints the milliseconds of each. PyAV and decord hand over planes or RGB as
# they do by default; what a conversion costs them is left out where it can be.
PEERS = """
import json, random, sys, time
peer, clips, seeks, seed, fps = json.loads(sys.argv[1])
chance = random.Random(seed)

def pyav():
    import av
    opened = [av.open(clip) for clip in clips]
    for container in opened:
        container.streams.video[0].thread_type = "AUTO"
    def fetch(index, frame):
        container = opened[index]
        stream = container.streams.video[0]
        wanted = frame / fps
        container.seek(int(wanted / stream.time_base), stream=stream, backward=True)
        for picture in container.decode(stream):
            if picture.time >= wanted - 0.25 / fps:
                assert abs(picture.time - wanted) < 0.5 / fps
                return picture
    return fetch, [round(float(c.streams.video[0].duration * c.streams.video[0].time_base) * fps) for c in opened]

def opencv():
    import cv2
    opened = [cv2.VideoCapture(clip) for clip in clips]
    def fetch(index, frame):
        opened[index].set(cv2.CAP_PROP_POS_FRAMES, frame)
        good, picture = opened[index].read()
        assert good
        return picture
    return fetch, [int(c.get(cv2.CAP_PROP_FRAME_COUNT)) for c in opened]

def decord():
    import decord
    opened = [decord.VideoReader(clip) for clip in clips]
    return (lambda index, frame: opened[index][frame]), [len(reader) for reader in opened]

fetch, lengths = {"pyav": pyav, "opencv": opencv, "decord": decord}[peer]()
times = []
for turn in range(seeks + 3):
    index = chance.randrange(len(clips))
    frame = chance.randrange(lengths[index] - 1)
    began = time.perf_counter()
    fetch(index, frame)
    times.append((time.perf_counter() - began) * 1000)
print(json.dumps(times[3:]))
"""
# The package of each, and the module that it brings.
PACKAGES = {"pyav": ("av", "av"), "opencv": ("opencv-python-headless", "cv2"), "decord": ("decord", "decord")}
SEEKS, PEER_SEEKS = 200, 60
# Clips that the peers hold open at once: readers take memory by the file.
PEER_CLIPS = 12
# Frames played as fast as they come.
FRAMES = 480


def preview(bench):
    python = _python(bench)
    film, clips = long_film(bench)
    peer_clips = spread_over(clips, PEER_CLIPS)
    ways = {"kinora": lambda seed: _kinora(bench, film, "--seeks", SEEKS, "--frames", FRAMES, "--seed", seed)}
    ways |= {peer: (lambda seed, peer=peer: _peer(python[peer], peer, peer_clips, seed)) for peer in python}
    # In turn, so that a busy moment of the machine meets everybody.
    found = {way: [] for way in ways}
    plays, failed = [], {}
    for turn in range(bench.options.runs):
        for way, action in ways.items():
            if way in failed:
                continue
            try:
                done = action(turn + 1)
            except Failed as failure:
                if way in ("kinora", "pyav"):
                    raise
                # A peer that breaks on these clips is a line of the table, not the end of the run.
                failed[way] = str(failure).splitlines()[-1][:60]
                say(f"seek: {way} failed: {failed[way]}")
                continue
            if way == "kinora":
                plays.append(done)
                done = done["seek_ms"]
            found[way] += done
            say(f"seek {turn + 1}/{bench.options.runs}: {way} {statistics.median(done):.1f} ms")
    bench.raw["preview"] = {"seek_ms": found, "kinora": plays}
    own_ms = statistics.median(found["kinora"])
    own = f"{own_ms:.1f} ms, 99 % {_part(found['kinora'], 0.99):.1f} ms"
    for peer in PACKAGES:
        # Only PyAV has a bound; the others are there to be seen.
        bound, name = 10.0 if peer == "pyav" else None, "random exact frame, 1080p"
        if not found.get(peer):
            why = failed.get(peer, "cannot be installed here")
            bench.rows.append(Row(name, own, f"{peer}: {why}", None, "× faster", bound, at_most=False))
            continue
        peer_ms = statistics.median(found[peer])
        other = f"{peer} {peer_ms:.1f} ms, 99 % {_part(found[peer], 0.99):.1f} ms"
        bench.rows.append(Row(name, own, other, peer_ms / own_ms, "× faster", bound, at_most=False))
    _against_time(bench, "decode and upload, 1080p24", plays, "play_secs", 2.0)
    _against_time(bench, "decode alone, 1080p24", plays, "decode_secs", None)
    upload = statistics.median(play["upload_ms"] for play in plays)
    bench.rows.append(Row("a frame into textures", plays[0]["adapter"], "", upload, "ms", None))
    memory = max(play["memory_bytes"] for play in plays) / (1 << 20)
    bench.rows.append(Row("decoded frames in memory", "", "", memory, "MiB", 192.0, digits=0))
    in_time(bench, film)


def in_time(bench, film):
    """Plays the film as the window does, with its sound on a null sink."""
    secs = bench.options.play_secs
    if secs <= 0:
        return
    say(f"preview: playing {secs / 60:.1f} minutes in time")
    with null_sink() as environment:
        ask = ["--seeks", 0, "--frames", 48, "--play-secs", secs]
        play = _kinora(bench, film, *ask, env=environment, timeout_secs=secs + 600)["play"]
    bench.raw["preview: playback in time"] = play
    name = f"playback, {play['secs'] / 60:.1f} min, 1080p24"
    against = {"sound": "the null sink's clock", "wall": "the clock, without sound"}.get(play["follows"], play["follows"])
    for notice in play["notices"]:
        say(f"preview: while it played: {notice}")

    def row(what, value, unit, bound, text="", against="", digits=0):
        bench.rows.append(Row(f"{name}, {what}", text, against, value, unit, bound, digits=digits))

    shown = f"{play['shown']} of {round(play['secs'] * fixtures.FPS)} frames shown"
    row("dropped", play["dropped"], "frames", None, shown)
    row("late", play["late"], "drawings", None, "of two a frame")
    text = f"in a moment {play['worst_frames']:.2f}, mix late by {play['starved_samples']} samples"
    row("drift of the playhead", play["drift_frames"], "frames", 1.0, text, against, digits=3)
    row("decoded frames in memory", play["memory_bytes"] / (1 << 20), "MiB", 192.0)


def _against_time(bench, name, plays, field, bound):
    speed = statistics.median(play["frames"] / play["rate_fps"] / play[field] for play in plays)
    text = f"{statistics.median(play['frames'] / play[field] for play in plays):.0f} frames/s"
    bench.rows.append(Row(name, text, "real time", speed, "×", bound, at_most=False))


def _part(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def _kinora(bench, folder, *arguments, **limits):
    command = [bench.kinora_path, "measure-preview", folder, *arguments, "--json"]
    return run(command, poll_secs=None, **limits).json()


def _peer(python, peer, clips, seed):
    order = json.dumps([peer, [str(clip) for clip in clips], PEER_SEEKS, seed, fixtures.FPS])
    return json.loads(run([python, "-c", PEERS, order], poll_secs=None).stdout)


def _python(bench):
    """A Python for each peer that can be installed; one environment each, because they bring libraries of their own."""
    found = {}
    for peer, (package, module) in PACKAGES.items():
        venv = bench.work / f"venv-{peer}"
        python = venv / "bin" / "python"
        if not _has(python, module):
            shutil.rmtree(venv, ignore_errors=True)
            try:
                subprocess.run([sys.executable, "-m", "venv", venv], check=True)
                # A source that would have to be built is as good as none.
                install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
                subprocess.run([python, *install, package, "numpy"], check=True)
            except (OSError, subprocess.CalledProcessError) as error:
                say(f"preview: {package} could not be installed and is left out ({error})")
                continue
            if not _has(python, module):
                say(f"preview: {package} was installed and cannot be imported: it is left out")
                continue
        found[peer] = python
    if "pyav" not in found:
        raise Failed("PyAV is what frames are held against, and could not be installed")
    return found


def _has(python, module):
    return python.exists() and subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0
