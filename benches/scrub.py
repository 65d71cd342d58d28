"""How soon a picture follows the hand: random frames of a film of minutes, in the real window; what that film takes of
memory while it is open; and what a timeline of ten thousand clips with filmstrips costs a frame.

The figures count frames of the window between the input and the small picture, and the time until the sharp one is there.
"""

import json
import os

import fixtures
from film import long_film
from measure import Failed, run
from table import Row, say
from window import Screen

# The limits that the window sets itself: small pictures on the card, decoded frames in memory.
ATLAS_MIB, DECODED_MIB = 128.0, 192.0
# Seconds of each clip of the timeline with filmstrips.
STRIP_SECS = 1.0


def scrub(bench):
    film, _ = long_film(bench)
    for path in (film / ".kinora" / "cache").rglob("*.scrub"):
        path.unlink()
    with Screen() as screen:
        environment = at_desk(bench) | {"DISPLAY": screen.display}
        for turn in ("first opening", "opened again"):
            say(f"scrub: {turn}")
            found = measured(bench, film, "scrub", environment)
            bench.raw[f"scrub: {turn}"] = found
            note(bench, turn, found)
    timeline(bench)


def note(bench, turn, found):
    def row(name, value, unit, bound, text="", digits=2):
        bench.rows.append(Row(f"scrub, {turn}, {name}", text, "", value, unit, bound, digits=digits))

    row("first picture", found["first_picture_secs"], "s", 1.0)
    row("every picture there", found["filled_secs"], "s", None)
    minutes = found["film_frames"] / fixtures.FPS / 60
    text = f"{minutes:.1f} min, every {found['step']}. frame, {found['kept_pictures']} pictures"
    row("small pictures on the card", found["atlas_bytes"] / 2**20, "MiB", ATLAS_MIB, text, 0)
    if "decoded_bytes" in found:
        row("decoded frames in memory", found["decoded_bytes"] / 2**20, "MiB", DECODED_MIB, digits=0)
    row("memory of the window, at most", found["process_mib"], "MiB", None, "with its textures, if no card has its own", 0)
    for part, name in (("jumps", "jumps"), ("storm", "a jump every frame")):
        frames, millis = found[part]["small_frames"], found[part]["small_ms"]
        text = f"median {frames['median']:g}, worst {frames['worst']:g}; {millis['median']:.1f} ms"
        row(f"{name}, frames to a picture, median", frames["median"], "frames", 1.0, text)
        row(f"{name}, frames to a picture, 99 %", frames["p99"], "frames", 2.0)
        row(f"{name}, frames off the one asked for", found[part]["off_frames"]["worst"], "frames", None)
    sharp, waits = found["jumps"]["sharp_ms"], found["jumps"]["small_ms"]["count"]
    text = f"99 % {sharp['p99']:.0f} ms" if sharp["count"] else "none came"
    if 0 < sharp["count"] < waits:
        text += f", {waits - sharp['count']} of {waits} never came"
    row("sharp picture", sharp["median"], "ms", None, text)


def timeline(bench):
    """Ten thousand shots, each with the pictures of its take."""
    shots = bench.options.timeline_shots
    scenes = max(1, round(shots / 100))
    say(f"scrub: a timeline of {scenes * 100} shots with filmstrips")
    clip = fixtures.make_clip(bench.clip_folder / f"strip_{STRIP_SECS:g}s.mp4", 1, STRIP_SECS)
    film = fixtures.make_big_project(bench.work / f"strips-{scenes}x100", scenes, 100, clip, STRIP_SECS)
    # Every shot has the same clip, so with one scene all of them are conformed.
    bench.kinora("render", "scene", film, "scene_001")
    found = measured(bench, film, "strips", at_desk(bench))
    bench.raw["scrub: timeline with filmstrips"] = found
    for part, times in found["frame"].items():
        own, render = times["own_ms"], times["render_ms"]
        name = f"timeline, {found['shots']} shots with filmstrips, {part}"
        text = f"{own['median_ms']:.2f} ms, 95 % {own['p95_ms']:.2f} ms; renderer {render['median_ms']:.2f} ms"
        bench.rows.append(Row(f"{name}, application", text, "", own["median_ms"], "ms", 4.0))
        text = f"{times['most_strip_draws']} for {times['most_pictures']} pictures, {times['most_egui_draws']} for the rest"
        bench.rows.append(Row(f"{name}, draw calls", text, found["adapter"] or "", times["most_draws"], "", None, digits=0))


def at_desk(bench):
    """The environment of a maker of the bench's own, on no screen."""
    environment = {
        **os.environ, "XDG_CONFIG_HOME": str(bench.work / "window-home"), "XDG_RUNTIME_DIR": str(bench.work)
    }
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        environment.pop(name, None)
    return environment


def measured(bench, film, what, environment):
    results = bench.work / f"{what}.json"
    results.unlink(missing_ok=True)
    command = [bench.kinora_path, "edit", film, "--size", "1440x900", "--scale", "1", f"--measure-{what}", results]
    done = run(command, env=environment, timeout_secs=3600, poll_secs=1)
    if not results.exists():
        raise Failed(f"the window measured nothing: {done.stdout[-400:]}")
    found = json.loads(results.read_text(encoding="utf-8"))
    return found | {"process_mib": done.peak_process_bytes / 2**20}
