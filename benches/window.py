"""What a frame of the window costs the application, how soon it is there, what it does at rest, and its memory.

The window is opened on a screen of its own (Xvfb) on whatever Vulkan there is; the figures leave the graphics card out.
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
    with Screen() as screen:
        environment = {
            **os.environ,
            "DISPLAY": screen.display,
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
                row = Row(f"window, {name}, {part}", text, "", times["median_ms"], "ms", bound)
                bench.rows.append(row)
                draws = times["strip_draws"] + times["egui_draws"]
                text = f"{times['strip_draws']} of strips and waves"
                bench.rows.append(Row(f"window, {name}, {part}, draw calls", text, "", draws, "calls", None, digits=0))
        say("window: start, rest and memory")
        sample = bench.work / "sample-film"
        if not (sample / "film_render.mp4").exists():
            bench.kinora("film", "assets/samples/the-vampyre.fountain", "-o", sample)
        found = measured(bench, sample, environment)
        bench.rows.append(Row("window, start with the sample film", "", "", found["start_secs"], "s", 1.5))
        share, memory = at_rest(bench, sample, environment)
        bench.raw["window: sample film"] = {**found, "rest_core_share": share, "rest_mib": memory}
        bench.rows.append(Row("window at rest, of a core", "", "", share * 100, "%", 1.0))
        bench.rows.append(Row("window, memory with the sample film", "", "", memory, "MiB", 600.0, digits=0))


def measured(bench, film, environment):
    results = bench.work / "window.json"
    results.unlink(missing_ok=True)
    command = [bench.kinora_path, "edit", film, "--size", "1440x900", "--scale", "1", "--measure", results]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    if done.returncode != 0 or not results.exists():
        raise Failed(f"the window measured nothing: {done.stderr[-400:]}")
    return json.loads(results.read_text(encoding="utf-8"))


def at_rest(bench, film, environment):
    """Share of a core that the open window takes while nobody touches it, and its memory in MiB."""
    command = [bench.kinora_path, "edit", film, "--size", "1440x900", "--scale", "1"]
    editor = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(20)
        before, secs = cpu_secs(editor.pid), 20
        time.sleep(secs)
        share = (cpu_secs(editor.pid) - before) / secs
        with open(f"/proc/{editor.pid}/smaps_rollup", encoding="ascii") as lines:
            pss = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return share, pss / 1024
    finally:
        editor.terminate()
        editor.wait()


def cpu_secs(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as line:
        fields = line.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
