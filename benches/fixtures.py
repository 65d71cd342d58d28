"""What is measured: clips with film-like detail, made by FFmpeg's own sources, and a project of ten thousand shots."""

import hashlib
import json
import os
import shutil
import subprocess

WIDTH, HEIGHT, FPS = 1920, 1080, 24

# Moving detail, soft gradients and grain, so that the encoder has real work and no clip is like another.
SOURCES = [
    "mandelbrot=size={size}:rate={fps}:maxiter=120:start_scale={scale}",
    "testsrc2=size={size}:rate={fps},hue=h={hue},rotate=a=t/{turn}:c=none",
    "gradients=size={size}:rate={fps}:nb_colors=6:seed={seed}:speed=0.02,curves=preset=vintage",
    "life=size=240x136:rate={fps}:ratio=0.2:seed={seed}:mold=20:life_color=orange:death_color=navy,scale={size_wh},"
    "gblur=sigma=4,tmix=frames=6,setsar=1",
]
GRAIN = "noise=alls=3:allf=t+u:all_seed={seed}"
# Part of the clips' names: clips of other sources are not taken for these.
VERSION = hashlib.sha256("".join([*SOURCES, GRAIN]).encode()).hexdigest()[:8]


def ffmpeg(*arguments):
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def make_clip(path, number, secs):
    """A clip of H.264 at CRF 20 with AAC sound; the same number makes the same clip."""
    if path.exists():
        return path
    source = SOURCES[number % len(SOURCES)].format(
        size=f"{WIDTH}x{HEIGHT}", size_wh=f"{WIDTH}:{HEIGHT}:flags=bicubic", fps=FPS, seed=number + 1,
        scale=round(3.0 / (number + 1), 3), hue=number * 36, turn=12 + number,
    )
    picture = f"{source},{GRAIN.format(seed=number + 1)},format=yuv420p"
    sound = f"sine=frequency={180 + 23 * number}:sample_rate=48000,volume=0.3,aformat=channel_layouts=stereo"
    part = path.with_suffix(".part.mp4")
    ffmpeg(
        "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", secs,
        "-c:v", "libx264", "-preset", "veryfast", "-crf", 20, "-c:a", "aac", "-b:a", "160k",
        "-movflags", "+faststart", part,
    )
    part.rename(path)
    return path


def retagged(source, path, number):
    """The same pictures in a file of another hash, which no cache has seen."""
    if not path.exists():
        part = path.with_suffix(".part.mp4")
        ffmpeg("-i", source, "-map", 0, "-c", "copy", "-metadata", f"comment=copy {number}", part)
        part.rename(path)
    return path


def replace_clip(project, scene_id, shot_id, clip):
    """Gives a shot another take, the way the file format says it: the film maker's own edit, without a tool."""
    scene_file = project / "scenes" / scene_id / "scene.json"
    scene = json.loads(scene_file.read_text(encoding="utf-8"))
    shot = next(shot for shot in scene["shots"] if shot["shot_id"] == shot_id)
    number = len(shot.setdefault("takes", [])) + 1
    name = f"shots/{shot_id}_take_{number:03}.mp4"
    shutil.copyfile(clip, scene_file.parent / name)
    shot["takes"].append({"take_id": f"take_{number:03}", "file_path": name, "provider": "file"})
    shot["file_path"] = name
    shot["first_frame_path"] = shot["last_frame_path"] = None
    scene_file.write_text(json.dumps(scene, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def make_big_project(folder, scenes, shots_per_scene, clip, secs=6.0):
    """A project written straight in the file format. Every shot has a take of so many seconds, and every take is there."""
    if (folder / "metadata.json").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    scene_ids = [f"scene_{number:03}" for number in range(1, scenes + 1)]
    cast = ["char_ruthven", "char_aubrey", "char_ianthe"]
    for scene_index, scene_id in enumerate(scene_ids):
        scene_folder = folder / "scenes" / scene_id
        (scene_folder / "shots").mkdir(parents=True)
        shots, lines = [], []
        for number in range(1, shots_per_scene + 1):
            shot_id = f"shot_{number:03}"
            path = f"shots/{shot_id}.mp4"
            _link(clip, scene_folder / path)
            prompt = (
                f"Scene {scene_index + 1}, shot {number}. Candlelight on rain-wet stone; Aubrey turns from the window "
                f"as the door opens behind him and nobody is there. Camera: slow dolly in."
            )
            shots.append({
                "shot_id": shot_id, "prompt": prompt, "model": "draft:previs", "duration": secs, "file_path": path,
                "first_frame_path": None, "last_frame_path": None, "continuity_source": None,
                "character_ids": [cast[number % 3]], "seed": scene_index * 1000 + number,
                "takes": [{
                    "take_id": "take_001", "file_path": path, "model": "draft:previs", "provider": "draft",
                    "prompt": prompt, "seed": number, "created_at": "2026-01-01T00:00:00Z",
                }],
            })
            if number % 2 == 0:
                lines.append({
                    "line_id": f"line_{number:03}", "shot_id": shot_id, "character_id": cast[number % 3],
                    "text": "Remember your oath.", "offset_secs": 0.5,
                })
        _write(scene_folder / "scene.json", {
            "scene_id": scene_id, "title": f"Scene {scene_index + 1}", "prompt": "A London winter.", "shots": shots,
            "audio_tracks": {"voice": None, "music": None, "ambient": None}, "voice_lines": lines,
        })
    _write(folder / "characters.json", [
        {"character_id": name, "name": name.removeprefix("char_").title(), "portrait_paths": [], "voice_id": "",
         "prompt_style_tokens": "pale, uncanny"} for name in cast
    ])
    _write(folder / "settings.json", {
        "default_model": "draft:previs", "default_aspect_ratio": "16:9", "enable_optical_flow": True,
        "default_voice": "draft:narrator", "scene_prompt_template": "{prompt}",
    })
    # Written last: a folder with it is complete.
    _write(folder / "metadata.json", {
        "schema_version": 1, "title": "Ten Thousand Shots", "rate": str(FPS),
        "size": {"width": WIDTH, "height": HEIGHT}, "scene_order": scene_ids,
    })
    return folder


def json_files(project):
    """Every JSON file of a project and what tells its versions apart."""
    found = {}
    for path in project.rglob("*.json"):
        if ".kinora" not in path.parts:
            stat = path.stat()
            found[str(path.relative_to(project))] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return found


def _write(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _link(source, path):
    try:
        os.link(source, path)
    except OSError:
        shutil.copyfile(source, path)
