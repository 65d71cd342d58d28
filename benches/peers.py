"""The other ways to join clips into a film, each with Kinora's own encoder settings."""

import json
import os
import shutil
import subprocess
import sys
from measure import Failed, run

MOVIEPY = """
import json, sys
from moviepy import VideoFileClip, concatenate_videoclips
order = json.loads(sys.argv[1])
film = concatenate_videoclips([VideoFileClip(path) for path in order["clips"]])
film.write_videofile(order["output"], codec=order["codec"], preset=order["preset"], fps=order["fps"],
                     audio_codec=order["audio_codec"], audio_bitrate=order["audio_bitrate"],
                     threads=order["threads"], ffmpeg_params=order["params"], logger=None)
"""


class Peers:
    def __init__(self, work, encoder, audio, fps):
        self.work, self.encoder, self.fps = work, encoder, fps
        self.audio_codec = audio.get("codec", "aac")
        self.audio_bitrate = str(audio.get("bitrate_bps", 192_000))
        self.moviepy_python = _moviepy(work.parent / "bench-venv")
        _install("melt", "melt")

    def ffmpeg(self, clips):
        listing = self.work / "concat.txt"
        listing.write_text("".join(f"file '{clip}'\n" for clip in clips), encoding="utf-8")
        settings = self.encoder
        return run([
            "ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-f", "concat", "-safe", "0",
            "-i", listing, "-c:v", settings["codec"], "-preset", settings["preset"], "-crf", settings["crf"],
            "-x264-params", settings["x264_params"], "-flags", "+cgop", "-pix_fmt", settings["pix_fmt"],
            "-r", self.fps, "-c:a", self.audio_codec, "-b:a", self.audio_bitrate, "-ar", 48000, "-ac", 2,
            "-movflags", "+faststart", self.work / "ffmpeg.mp4",
        ])

    def melt(self, clips):
        settings = self.encoder
        return run([
            "melt", "-silent", "-profile", f"atsc_1080p_{self.fps}", *clips, "-consumer",
            f"avformat:{self.work / 'melt.mp4'}", "real_time=-1", "threads=0", f"vcodec={settings['codec']}",
            f"preset={settings['preset']}", f"crf={settings['crf']}", f"x264-params={settings['x264_params']}",
            f"pix_fmt={settings['pix_fmt']}", f"acodec={self.audio_codec}", f"ab={self.audio_bitrate}",
            "movflags=+faststart",
        ])

    def moviepy(self, clips):
        settings = self.encoder
        order = {
            "clips": [str(clip) for clip in clips], "output": str(self.work / "moviepy.mp4"), "fps": self.fps,
            "codec": settings["codec"], "preset": settings["preset"], "audio_codec": self.audio_codec,
            "audio_bitrate": self.audio_bitrate, "threads": os.cpu_count(),
            "params": ["-crf", str(settings["crf"]), "-x264-params", settings["x264_params"],
                       "-pix_fmt", settings["pix_fmt"], "-movflags", "+faststart"],
        }
        return run([self.moviepy_python, "-c", MOVIEPY, json.dumps(order)], cwd=self.work)


def _moviepy(venv):
    """MoviePy in an environment of its own."""
    python = venv / "bin" / "python"
    if python.exists() and subprocess.run([python, "-c", "import moviepy"], capture_output=True).returncode == 0:
        return python
    print("bench: installing MoviePy", file=sys.stderr)
    shutil.rmtree(venv, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "venv", venv], capture_output=True).returncode != 0:
        shutil.rmtree(venv, ignore_errors=True)
        _apt_install("python3-venv")
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "moviepy>=2,<3"], check=True)
    return python


def _install(program, package):
    if shutil.which(program) is None:
        _apt_install(package)


def _apt_install(package):
    if shutil.which("apt-get") is None:
        raise Failed(f"{package} is missing and there is no apt here: install it and run the benchmark again")
    print(f"bench: installing {package}", file=sys.stderr)
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    subprocess.run([*sudo, "apt-get", "-qq", "update"], check=False)
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y", "install", "--no-install-recommends", package]
    subprocess.run([*sudo, *command], check=True, stdout=subprocess.DEVNULL)
