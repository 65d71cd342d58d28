"""The film of minutes that preview and scrubbing are measured on: clips as models give them, each another one."""

import math

import fixtures
from table import say


def long_film(bench):
    """A project that is rendered, and its clips. Both are kept for the next run."""
    shot_secs, secs = bench.options.shot_secs, bench.options.scrub_secs
    count = max(1, math.ceil(secs / shot_secs))
    name = f"{fixtures.VERSION}-{count}x{shot_secs:g}s"
    folder = bench.work / f"long-clips-{name}"
    folder.mkdir(exist_ok=True)
    say(f"making {count} clips of {shot_secs:g} s for a film of {count * shot_secs / 60:.1f} minutes")
    clips = [fixtures.make_clip(folder / f"clip_{number:03}.mp4", number, shot_secs) for number in range(count)]
    film = bench.work / f"long-film-{name}"
    if not (film / "film_render.mp4").exists():
        say("conforming and rendering them")
        # Scenes of ten shots, as a film has them.
        bench.project(film.name, [clips[at : at + 10] for at in range(0, count, 10)])
        bench.kinora("render", "film", film)
    return film, clips


def spread_over(clips, count):
    """So many of the clips, of every kind and from every part of the film."""
    return [clips[index * len(clips) // count] for index in range(min(count, len(clips)))] if clips else []
