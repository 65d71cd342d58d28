"""A sound output that nobody hears: a PulseAudio server of the bench with a null sink, reached through ALSA.

Such a sink plays by the clock on the wall, so a playhead that follows it may not drift from that clock.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from table import say


@contextlib.contextmanager
def null_sink():
    """The environment in which the system's default device is the sink; the caller's own where there is no PulseAudio."""
    if shutil.which("pulseaudio") is None:
        say("no pulseaudio here: the film plays by the clock")
        yield dict(os.environ)
        return
    # A short path: a socket's may have a hundred letters.
    with tempfile.TemporaryDirectory(prefix="kinora-sink-") as folder:
        socket = Path(folder) / "native"
        environment = {
            **os.environ, "HOME": folder, "XDG_RUNTIME_DIR": folder, "PULSE_RUNTIME_PATH": folder,
            "PULSE_SERVER": f"unix:{socket}", "ALSA_CONFIG_PATH": str(_alsa(Path(folder), socket)),
        }
        environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        server = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=true",
             "--system=false", "--realtime=no", "--log-target=stderr", "--log-level=error",
             "-L", f"module-native-protocol-unix auth-anonymous=1 socket={socket}",
             "-L", "module-null-sink sink_name=film format=float32le rate=48000 channels=2"],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            until = time.monotonic() + 20
            while not socket.exists() and server.poll() is None and time.monotonic() < until:
                time.sleep(0.05)
            if not socket.exists():
                say("pulseaudio does not start: the film plays by the clock")
            yield environment
        finally:
            server.terminate()
            server.wait()


def _alsa(folder, socket):
    """A configuration of ALSA whose default device is the server."""
    file, own = folder / "asound.conf", f'{{ type pulse server "unix:{socket}" }}\n'
    file.write_text(f"</usr/share/alsa/alsa.conf>\npcm.!default {own}ctl.!default {own}", encoding="utf-8")
    return file
