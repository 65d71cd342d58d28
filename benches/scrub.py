"""How soon a picture follows the hand: random frames of a film of minutes, in the real window.

The figures count frames of the window between the input and the small picture, and the time until the sharp one is there.
"""

import json
import os
import subprocess

import fixtures
from measure import Failed
from table import Row, say
from window import Screen


def scrub(bench):
    clips, secs = 20, bench.options.scrub_secs / 20
    folder = bench.work / f"scrub-clips-{fixtures.VERSION}-{secs:g}s"
    folder.mkdir(exist_ok=True)
    say("scrub: making clips")
    made = [fixtures.make_clip(folder / f"clip_{number:02}.mp4", number, secs) for number in range(clips)]
    film = bench.work / f"scrub-film-{fixtures.VERSION}-{bench.options.scrub_secs:g}s"
    if not (film / "film_render.mp4").exists():
        say("scrub: conforming and rendering the film")
        project, _ = bench.project(film.name, [made])
        bench.kinora("render", "film", project)
    with Screen() as screen:
        environment = {
            **os.environ,
            "DISPLAY": screen.display,
            "XDG_CONFIG_HOME": str(bench.work / "window-home"),
            "XDG_RUNTIME_DIR": str(bench.work),
        }
        environment.pop("WAYLAND_DISPLAY", None)
        for path in (film / ".kinora" / "cache").rglob("*.scrub"):
            path.unlink()
        for turn in ("first opening", "opened again"):
            say(f"scrub: {turn}")
            found = measured(bench, film, environment)
            bench.raw[f"scrub: {turn}"] = found
            note(bench, turn, found)


def note(bench, turn, found):
    row = lambda name, value, unit, bound, text="": bench.rows.append(Row(name, text, "", value, unit, bound))
    row(f"scrub, {turn}, first picture", found["first_picture_secs"], "s", 1.0)
    row(f"scrub, {turn}, every picture there", found["filled_secs"], "s", None)
    minutes = found["film_frames"] / fixtures.FPS / 60
    text = f"{minutes:.1f} min, every {found['step']}. frame, {found['kept_pictures']} pictures"
    row(f"scrub, {turn}, memory of pictures", found["atlas_bytes"] / 2**20, "MiB", 128.0, text)
    for part, name in (("jumps", "jumps"), ("storm", "a jump every frame")):
        frames, millis = found[part]["small_frames"], found[part]["small_ms"]
        text = f"median {frames['median']:g}, worst {frames['worst']:g}; {millis['median']:.1f} ms"
        row(f"scrub, {turn}, {name}, frames to a picture, median", frames["median"], "frames", 1.0, text)
        row(f"scrub, {turn}, {name}, frames to a picture, 99 %", frames["p99"], "frames", 2.0)
        row(f"scrub, {turn}, {name}, frames off the one asked for", found[part]["off_frames"]["worst"], "frames", None)
    sharp = found["jumps"]["sharp_ms"]
    text = f"99 % {sharp['p99']:.0f} ms"
    row(f"scrub, {turn}, sharp picture", sharp["median"], "ms", None, text)


def measured(bench, film, environment):
    results = bench.work / "scrub.json"
    results.unlink(missing_ok=True)
    command = [bench.kinora_path, "edit", film, "--size", "1440x900", "--scale", "1", "--measure-scrub", results]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=3600)
    if done.returncode != 0 or not results.exists():
        raise Failed(f"the window measured nothing: {done.stderr[-400:]}")
    return json.loads(results.read_text(encoding="utf-8"))
