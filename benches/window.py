"""What a frame of the window costs the application, how soon it is there, what it does at rest, and its memory.

A frame is one update of the whole editor without a renderer: every system, egui's pass and its triangles, while a hand
scrolls, zooms, drags and trims. Start, rest and memory are those of the real window, on a screen of its own (Xvfb) and
whatever Vulkan there is.
"""

import json
import os
import subprocess
import time

import fixtures
from measure import Failed
from table import Row, say


class Screen:
    """An X server that nobody sees."""

    def __enter__(self):
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"],
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as number:
            self.display = ":" + number.readline().strip()
        return self

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()


def window(bench):
    tiny = fixtures.make_clip(bench.clip_folder / "tiny.mp4", 1, 0.2)
    films = {
        "100 shots": fixtures.make_big_project(bench.work / "big-5x20", 5, 20, tiny),
        "10000 shots": fixtures.make_big_project(bench.work / "big-100x100", 100, 100, tiny),
    }
    environment = {
        **os.environ,
        "XDG_CONFIG_HOME": str(bench.work / "window-home"),
        "XDG_RUNTIME_DIR": str(bench.work),
    }
    environment.pop("WAYLAND_DISPLAY", None)
    for name, bound in (("100 shots", 1.5), ("10000 shots", 4.0)):
        say(f"window: {name}")
        found = measured(bench, films[name], environment)
        bench.raw[f"window: {name}"] = found
        for part, times in found["frame"].items():
            text = f"{times['median_ms']:.2f} ms, 95 % {times['p95_ms']:.2f} ms"
            bench.rows.append(Row(f"window, {name}, {part}", text, "", times["median_ms"], "ms", bound))
    say("window: start, rest and memory")
    sample = bench.work / "sample-film"
    if not (sample / "film_render.mp4").exists():
        bench.kinora("film", "assets/samples/the-vampyre.fountain", "-o", sample)
    with Screen() as screen:
        environment["DISPLAY"] = screen.display
        # The first start fills the caches of the system and of the graphics driver, and the takes are conformed.
        starts = [opened(bench, sample, environment) for _ in range(3)]
    first, *others = starts
    start_secs = min(start["start_secs"] for start in others)
    rest = others[-1]
    bench.raw["window: sample film"] = starts
    text = f"first {first['start_secs']:.2f} s"
    bench.rows.append(Row("window, start with the sample film", text, "", start_secs, "s", 1.5))
    bench.rows.append(Row("window at rest, of a core", "", "", rest["rest_core_share"] * 100, "%", 1.0))
    bench.rows.append(Row("window, memory with the sample film", "", "", rest["rest_mib"], "MiB", 600.0, digits=0))


def measured(bench, film, environment):
    """Times of frames without a window."""
    results = bench.work / "window.json"
    results.unlink(missing_ok=True)
    command = [bench.kinora_path, "edit", film, "--size", "1440x900", "--scale", "1", "--measure", results]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90)
    if done.returncode != 0 or not results.exists():
        raise Failed(f"the window measured nothing: {done.stderr[-400:]}")
    return json.loads(results.read_text(encoding="utf-8"))


def opened(bench, film, environment):
    """The real window: seconds until it was there, and its share of a core and its memory while nobody touches it."""
    note = bench.work / "start.json"
    note.unlink(missing_ok=True)
    command = [bench.kinora_path, "edit", film, "--size", "1440x900", "--scale", "1", "--note-start", note]
    editor = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(note, editor)
        found = json.loads(note.read_text(encoding="utf-8"))
        settle(editor.pid)
        before, secs = cpu_secs(editor.pid), 8
        time.sleep(secs)
        found["rest_core_share"] = (cpu_secs(editor.pid) - before) / secs
        with open(f"/proc/{editor.pid}/smaps_rollup", encoding="ascii") as lines:
            pss = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        found["rest_mib"] = pss / 1024
        return found
    finally:
        editor.terminate()
        editor.wait()


def wait_for(path, editor):
    until = time.monotonic() + 30
    while not path.exists():
        if editor.poll() is not None or time.monotonic() > until:
            raise Failed("the window did not come up")
        time.sleep(0.02)


def settle(pid):
    """Waits until what goes on behind a film that was just opened has ended: a second without work."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        before = cpu_secs(pid)
        time.sleep(1)
        if cpu_secs(pid) - before < 0.02:
            return


def cpu_secs(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as line:
        fields = line.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
