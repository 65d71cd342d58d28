"""How fast a random frame of a film is on screen, beside PyAV, OpenCV and decord on the clips it is made of; and whether
playback keeps up: frames decoded and put into the graphics card's memory, beside real time.

Everybody is asked for the same clips' frames, exactly. Kinora is timed from the ask to the picture, with its threads; the
others with their files open, from the call to the picture in memory.
"""

import json
import shutil
import statistics
import subprocess
import sys

import fixtures
from measure import Failed, run
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
PACKAGES = {"pyav": "av", "opencv": "opencv-python-headless", "decord": "decord"}
SEEKS, PEER_SEEKS = 200, 60


def preview(bench):
    python = _python(bench)
    folder, _ = bench.project("preview", [bench.clips] * 10)
    say("preview: rendering a film of ten minutes")
    bench.kinora("render", "film", folder)
    frames = 480
    ways = {"kinora": lambda seed: _kinora(bench, folder, seed, frames)}
    ways |= {peer: (lambda seed, peer=peer: _peer(python, peer, bench.clips, seed)) for peer in python}
    # In turn, so that a busy moment of the machine meets everybody.
    found = {way: [] for way in ways}
    plays = []
    for turn in range(bench.options.runs):
        for way, action in ways.items():
            done = action(turn + 1)
            if way == "kinora":
                plays.append(done)
                done = done["seek_ms"]
            found[way] += done
            say(f"seek {turn + 1}/{bench.options.runs}: {way} {statistics.median(done):.1f} ms")
    bench.raw["preview"] = {"seek_ms": found, "kinora": plays}
    medians = {way: statistics.median(times) for way, times in found.items()}
    own = f"{medians['kinora']:.1f} ms, 99 % {_part(found['kinora'], 0.99):.1f} ms"
    for peer in python:
        other = f"{peer} {medians[peer]:.1f} ms, 99 % {_part(found[peer], 0.99):.1f} ms"
        bound = 10.0 if peer == "pyav" else None
        ratio = medians[peer] / medians["kinora"]
        bench.rows.append(Row("random exact frame, 1080p", own, other, ratio, "× faster", bound, at_most=False))
    _against_time(bench, "decode and upload, 1080p24", plays, "play_secs", 2.0)
    _against_time(bench, "decode alone, 1080p24", plays, "decode_secs", None)
    upload = statistics.median(play["upload_ms"] for play in plays)
    bench.rows.append(Row("a frame into textures", plays[0]["adapter"], "", upload, "ms", None))
    memory = max(play["memory_bytes"] for play in plays) / (1 << 20)
    bench.rows.append(Row("decoded frames in memory", "", "", memory, "MiB", 192.0, digits=0))


def _against_time(bench, name, plays, field, bound):
    speed = statistics.median(play["frames"] / play["rate_fps"] / play[field] for play in plays)
    text = f"{statistics.median(play['frames'] / play[field] for play in plays):.0f} frames/s"
    bench.rows.append(Row(name, text, "real time", speed, "×", bound, at_most=False))


def _part(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def _kinora(bench, folder, seed, frames):
    return bench.kinora("measure-preview", folder, "--seeks", SEEKS, "--frames", frames, "--seed", seed).json()


def _peer(python, peer, clips, seed):
    order = json.dumps([peer, [str(clip) for clip in clips], PEER_SEEKS, seed, fixtures.FPS])
    return json.loads(run([python[peer], "-c", PEERS, order]).stdout)


def _python(bench):
    """A Python for each peer that can be installed; one environment each, because they bring libraries of their own."""
    found = {}
    for peer, package in PACKAGES.items():
        venv = bench.work / f"venv-{peer}"
        python = venv / "bin" / "python"
        module = {"pyav": "av", "opencv": "cv2", "decord": "decord"}[peer]
        if not python.exists() or subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode != 0:
            shutil.rmtree(venv, ignore_errors=True)
            try:
                subprocess.run([sys.executable, "-m", "venv", venv], check=True)
                install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", package, "numpy"]
                subprocess.run([python, *install], check=True)
            except (OSError, subprocess.CalledProcessError) as error:
                say(f"preview: {package} could not be installed and is left out ({error})")
                continue
        found[peer] = python
    if "pyav" not in found:
        raise Failed("PyAV is what frames are held against, and could not be installed")
    return found
