#!/usr/bin/env python3
"""Measures Kinora beside ffmpeg, MoviePy and melt, in one run on one machine: `make bench`.

Prints one table and writes results.json. Every peer gets the encoder settings that `kinora doctor --json` names.
Runs of the same measure alternate between the peers, and medians are compared. With footage, motion, matches and seams
are measured on it by the benches of the engine's crate.
"""

import argparse
import functools
import json
import os
import platform
import shutil
import statistics
import sys
from pathlib import Path

import fixtures
import preview
import scrub
import smoothing
import window
from measure import Failed, run
from peers import Peers
from table import Row, say, show

MIB = 1024 * 1024
# Parts that make their own clips, and parts that measure footage.
OWN, FOOTAGE = ("projects", "renders", "memory", "window", "preview", "scrub"), ("flow", "matches", "seams")


class Bench:
    def __init__(self, options):
        self.kinora_path = Path(options.kinora).resolve()
        self.work = Path(options.work).resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.options = options
        self.rows, self.raw = [], {}
        doctor = self.kinora("doctor").json()
        if "master_encoder" not in doctor:
            raise Failed("`kinora doctor --json` does not name its master_encoder")
        self.encoder = doctor["master_encoder"]
        self.audio = doctor.get("master_audio", {})

    # What only some parts need is made when the first of them asks for it.
    @functools.cached_property
    def peers(self):
        return Peers(self.work, self.encoder, self.audio, fixtures.FPS)

    @functools.cached_property
    def clip_folder(self):
        # Copies in there are made from the clips beside them, so a folder holds clips of one version and length.
        folder = self.work / f"clips-{fixtures.VERSION}-{self.options.shot_secs:g}s"
        folder.mkdir(exist_ok=True)
        return folder

    @functools.cached_property
    def clips(self):
        say("making clips")
        return [self._clip(f"clip_{number:02}", number) for number in range(self.options.shots)]

    @functools.cached_property
    def other_clip(self):
        return self._clip("other", self.options.shots + 1)

    def _clip(self, name, number):
        return fixtures.make_clip(self.clip_folder / f"{name}.mp4", number, self.options.shot_secs)

    def kinora(self, *arguments):
        return run([self.kinora_path, *arguments, "--json"])

    def project(self, name, scenes):
        """A fresh project whose scenes hold these clips; gives its folder and the ids of its scenes."""
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        size = f"{fixtures.WIDTH}x{fixtures.HEIGHT}"
        self.kinora("new", folder, "--title", name, "--fps", fixtures.FPS, "--size", size)
        scene_ids = []
        for number, clips in enumerate(scenes, 1):
            scene_ids.append(self.kinora("scene", "add", folder, "--title", f"Scene {number}").json()["scene_id"])
            for clip in clips:
                self.kinora("shot", "add", folder, scene_ids[-1], "--clip", clip)
        return folder, scene_ids

    def alternate(self, name, ways):
        """Runs each way in turn, `--runs` times; gives the median seconds of each."""
        runs = {way: [] for way in ways}
        for turn in range(self.options.runs):
            for way, action in ways.items():
                done = action()
                runs[way].append(done)
                say(f"{name} {turn + 1}/{self.options.runs}: {way} {done.wall_secs:.2f} s")
        self.raw[name] = {
            way: {
                "wall_secs": [round(done.wall_secs, 4) for done in found],
                "peak_tree_mib": [round(done.peak_tree_bytes / MIB, 1) for done in found],
            }
            for way, found in runs.items()
        }
        return {way: statistics.median(done.wall_secs for done in found) for way, found in runs.items()}

    def renders(self):
        folder, (scene_id,) = self.project("ten-shots", [self.clips])

        def render():
            return self.kinora("render", "scene", folder, scene_id)

        def first():
            shutil.rmtree(folder / ".kinora" / "cache", ignore_errors=True)
            (folder / "scenes" / scene_id / "scene_render.mp4").unlink(missing_ok=True)
            return render()

        peers = {"ffmpeg": self.peers.ffmpeg, "moviepy": self.peers.moviepy, "melt": self.peers.melt}
        ways = {name: (lambda peer=peer: peer(self.clips)) for name, peer in peers.items()}
        secs = self.alternate("first render", {"kinora": first, **ways})
        for peer in peers:
            # Only ffmpeg has a bound; the others are there to be seen.
            self.against("first render", secs, peer, 1.15 if peer == "ffmpeg" else None)
        first()
        again = self.alternate("unchanged", {"kinora": render})["kinora"]
        self.rows.append(Row("render again, unchanged", f"{again:.2f} s", "", again, "s", 1.0))
        self.one_changed(folder, scene_id, render)

    def one_changed(self, folder, scene_id, render):
        shot_id = f"shot_{len(self.clips) // 2:03}"
        turn = iter(range(1, 1000))

        def new_clip():
            number = next(turn)
            return fixtures.retagged(self.other_clip, self.clip_folder / f"other_{number}.mp4", number)

        def changed():
            fixtures.replace_clip(folder, scene_id, shot_id, new_clip())
            return render()

        def alone():
            one, (one_scene,) = self.project("one-shot", [[new_clip()]])
            return self.kinora("render", "scene", one, one_scene)

        clips = [self.other_clip if n == len(self.clips) // 2 - 1 else clip for n, clip in enumerate(self.clips)]
        ways = {"kinora": changed, "that shot alone": alone, "moviepy": lambda: self.peers.moviepy(clips)}
        secs = self.alternate("one shot changed", ways)
        faster = secs["moviepy"] / secs["kinora"]
        text = f"MoviePy {secs['moviepy']:.2f} s"
        self.rows.append(Row("one shot changed", f"{secs['kinora']:.2f} s", text, faster, "× faster", 8.0, at_most=False))
        self.against("one shot changed", secs, "that shot alone", 1.3)

    def memory(self):
        peaks = {}
        for name, times in (("film", 1), ("film ten times longer", 10)):
            scenes = []
            for scene in range(times):
                folder = self.clip_folder / f"copies_{scene}"
                folder.mkdir(exist_ok=True)
                scenes.append([
                    fixtures.retagged(clip, folder / f"{n}.mp4", scene * 1000 + n)
                    for n, clip in enumerate(self.clips)
                ])
            project, _ = self.project(f"film-{times}", scenes)
            say(f"memory: rendering the {name}")
            done = self.kinora("render", "film", project)
            peaks[name] = done.peak_tree_bytes / MIB
            self.raw[f"memory: {name}"] = {"peak_tree_mib": peaks[name], "wall_secs": done.wall_secs}
            shutil.rmtree(project)
            self.rows.append(Row(f"peak memory, {name}", f"{peaks[name]:.0f} MiB", "", peaks[name], "MiB", 500.0))
        ratio = peaks["film ten times longer"] / peaks["film"]
        # A tenth is noise of the allocator and of the poll.
        self.rows.append(Row("peak memory, longer to shorter", "", "", ratio, "×", 1.1))

    def projects(self):
        scenes, shots = self.options.scenes, self.options.shots_per_scene
        tiny = fixtures.make_clip(self.clip_folder / "tiny.mp4", 1, 0.2)
        folder = fixtures.make_big_project(self.work / f"big-{scenes}x{shots}", scenes, shots, tiny)
        scene_id, shot_id = f"scene_{scenes // 2 + 1:03}", f"shot_{shots // 2 + 1:03}"
        turn, written, saves = iter(range(1, 1000)), [], []

        def save():
            before = fixtures.json_files(folder)
            done = self.kinora("shot", "set", folder, scene_id, shot_id, "--prompt", f"A new prompt, {next(turn)}.")
            after = fixtures.json_files(folder)
            written.append(sorted(name for name in after if after[name] != before.get(name)))
            saves.append(done.json().get("save_secs"))
            return done

        name = f"{scenes * shots} shots"
        # Small measures: two more turns cost nothing.
        turns, self.options.runs = self.options.runs, self.options.runs + 2
        ways = {"open": lambda: self.kinora("scene", "list", folder), "save one shot": save}
        secs = self.alternate(name, ways)
        self.options.runs = turns
        self.rows.append(Row(f"open {name}", f"{secs['open']:.3f} s", "", secs["open"], "s", 1.0))
        expected = [f"scenes/{scene_id}/scene.json"]
        files = max(len(found) for found in written)
        wrong = [found for found in written if found != expected]
        self.rows.append(Row("files written for one shot", ", ".join((wrong or written)[0]), "", files, "files", 1.0))
        if all(isinstance(found, (int, float)) for found in saves):
            save_secs = statistics.median(saves)
            text = f"{save_secs * 1000:.1f} ms"
        else:
            # Without the command's own figure: its whole time less the time of one that only opens.
            save_secs = max(secs["save one shot"] - secs["open"], 0.0)
            text = f"{save_secs * 1000:.1f} ms (whole command less opening)"
        self.raw[name]["save_secs"] = saves
        self.rows.append(Row("save one shot", text, "", save_secs * 1000, "ms", 50.0))

    def against(self, name, secs, peer, bound):
        ratio = secs["kinora"] / secs[peer]
        self.rows.append(Row(name, f"{secs['kinora']:.2f} s", f"{peer} {secs[peer]:.2f} s", ratio, "×", bound))

    def window(self):
        window.window(self)

    def preview(self):
        preview.preview(self)

    def scrub(self):
        scrub.scrub(self)

    def flow(self):
        smoothing.flow(self)

    def matches(self):
        smoothing.matches(self)

    def seams(self):
        smoothing.seams(self)

    def report(self):
        show(self.rows)
        rows = [{**vars(row), "holds": row.holds()} for row in self.rows]
        machine = {"cpus": os.cpu_count(), "system": platform.platform(), "encoder": self.encoder}
        results = self.work / "results.json"
        text = json.dumps({"machine": machine, "rows": rows, "runs": self.raw}, indent=2, ensure_ascii=False)
        results.write_text(text + "\n", encoding="utf-8")
        print(f"\n{results}")


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinora", default="target/release/kinora", help="the binary to measure")
    parser.add_argument("--work", default="target/bench", help="folder for clips, projects and results")
    parser.add_argument("--runs", type=int, default=3, help="alternating runs of each way")
    parser.add_argument("--shots", type=int, default=10, help="clips in the scene")
    parser.add_argument("--shot-secs", type=float, default=6, help="length of each clip")
    parser.add_argument("--scenes", type=int, default=500, help="scenes of the big project")
    parser.add_argument("--shots-per-scene", type=int, default=20, help="shots in each of them")
    parser.add_argument("--scrub-secs", type=float, default=600, help="length of the film that is seen and scrubbed")
    parser.add_argument("--play-secs", type=float, default=60, help="how long it plays in time; 600 for its whole drift")
    parser.add_argument("--timeline-shots", type=int, default=10_000, help="shots of the timeline with filmstrips")
    parser.add_argument("--only", nargs="+", action="extend", choices=[*OWN, *FOOTAGE], help="these parts alone")
    footage = os.environ.get("KINORA_FOOTAGE") or None
    parser.add_argument("--footage", default=footage, help="folder with bigbuckbunny.mp4 and bikes.mp4 (KINORA_FOOTAGE)")
    parser.add_argument("--full", action="store_true", help="every pair of the match, and 6 s clips for a seam's speed")
    parser.add_argument("--opencv", help="a Python that has OpenCV and NumPy; else one is made in the work folder")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a bound is missed")
    return parser.parse_args()


def main():
    chosen = options()
    try:
        bench = Bench(chosen)
        parts = dict.fromkeys(chosen.only or [*OWN, *FOOTAGE])
        if not chosen.footage and any(part in FOOTAGE for part in parts):
            say(f"skipped {', '.join(FOOTAGE)}: give a folder with bigbuckbunny.mp4 and bikes.mp4 by --footage")
            parts = [part for part in parts if part not in FOOTAGE]
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    is_whole = True
    for part in parts:
        try:
            getattr(bench, part)()
        except Failed as failure:
            # What the other parts measured is not lost with it.
            print(f"bench: {part}: {failure}", file=sys.stderr)
            is_whole = False
    bench.report()
    return 1 if not is_whole or chosen.strict and not all(row.holds() for row in bench.rows) else 0


if __name__ == "__main__":
    sys.exit(main())
