#!/usr/bin/env python3
"""Judges the simulator by the vendor's own client: the package `wavespeed` from PyPI.

    python3 plugins/wavespeed/tests/official_client.py [SIMULATOR_PROGRAM]

Makes a virtual environment (kept under target/, or in $KINORA_WAVESPEED_VENV), installs the client, starts the
simulator (built with cargo unless a program is named) and runs, uploads, waits, fails and recovers with it. Ends with
status 1 at the first answer the client does not understand as the real service's.
"""

import io
import json
import os
import pathlib
import subprocess
import sys
import urllib.request
import venv

VERSION = "2.0.5"
KEY = "wsk-official-client-test"
HERE = pathlib.Path(__file__).resolve()
ROOT = HERE.parents[3]


def inside_venv():
    """Runs this file again with the client at hand."""
    folder = pathlib.Path(os.environ.get("KINORA_WAVESPEED_VENV", ROOT / "target" / "wavespeed-client"))
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"wavespeed=={VERSION}"]
    subprocess.run(pip, check=True)
    environment = dict(os.environ, KINORA_INSIDE_VENV="1")
    return subprocess.run([str(python), str(HERE), *sys.argv[1:]], env=environment).returncode


def simulator():
    if len(sys.argv) > 1:
        command = [sys.argv[1]]
    else:
        cargo = os.environ.get("CARGO", "cargo")
        command = [cargo, "run", "--quiet", "-p", "kinora-wavespeed", "--example", "wavespeed_simulator", "--"]
    command += ["--port", "0", "--key", KEY, "--attached"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    url = process.stdout.readline().strip()
    assert url.startswith("http://127.0.0.1:"), url
    return process, url


class Judge:
    def __init__(self, url):
        from wavespeed.api.client import Client

        self.url = url
        self.client = Client(KEY, base_url=url, retry_interval=0.01, max_connection_retries=3)
        self.passed = 0

    def script(self, text):
        request = urllib.request.Request(self.url + "/simulator/script", data=text.encode(), method="POST")
        urllib.request.urlopen(request).read()

    def counts(self):
        return json.load(urllib.request.urlopen(self.url + "/simulator/counts"))

    def check(self, name, truth):
        if not truth:
            raise AssertionError(name)
        self.passed += 1
        print(f"ok   {name}")

    def refused(self, name, words, call):
        try:
            answer = call()
        except Exception as error:  # the client raises RuntimeError and kinds of it
            self.check(f"{name}: {type(error).__name__}: {str(error)[:90]}", all(word in str(error) for word in words))
        else:
            raise AssertionError(f"{name}: answered {answer}")

    def run(self, model="sync/lipsync-2", **more):
        urls = {"video": "https://example.com/clip.mp4", "audio": "https://example.com/voice.wav"}
        return self.client.run(model, dict(urls, **more.pop("inputs", {})), poll_interval=0.01, **more)


def judge(url):
    one = Judge(url)

    # Files in and out.
    clip = (HERE.parents[1] / "src" / "simulator" / "clip.mp4").read_bytes()
    named = io.BytesIO(clip)
    named.name = "clip.mp4"
    video = one.client.upload(named)
    one.check("upload gives an address", video.startswith("http://localhost:") and video.endswith("clip.mp4"))
    one.check("what was uploaded comes back", urllib.request.urlopen(video).read() == clip)
    audio = one.client.upload(io.BytesIO(b"RIFF0000WAVE"))

    # Run and wait.
    out = one.run(inputs={"video": video, "audio": audio})
    one.check("run waits and gives outputs", len(out["outputs"]) == 1)
    one.check("the output is the clip", urllib.request.urlopen(out["outputs"][0]).read() == clip)
    out = one.client.run("wavespeed-ai/z-image/turbo", {"prompt": "Cat"}, poll_interval=0.01)
    one.check("another model runs too", out["outputs"])
    out = one.run(enable_sync_mode=True)
    one.check("sync mode answers at once", out["outputs"])
    one.script("create:objects")
    one.check("outputs may be objects", isinstance(one.run()["outputs"][0], dict))
    one.script("create:empty")
    one.check("completed without outputs", one.run()["outputs"] == [])

    # Ends that are not success.
    one.script("create:fails=no face found")
    one.refused("failed", ["failed", "no face found", "task_id"], one.run)
    for status in ["cancelled", "timeout", "deleted"]:
        one.script(f"create:ends={status}")
        one.refused(status, [status, "task_id"], one.run)
    one.script("create:sync_timeout")
    answer = one.client.run_no_throw("sync/lipsync-2", {"video": video, "audio": audio}, enable_sync_mode=True)
    one.check("the end of a wait is not the end of the work", answer["status"] == "processing")
    found = one.client.get_result(answer["task_id"])
    one.check("the task is found again by its id", found["code"] == 200 and found["data"]["id"] == answer["task_id"])
    one.script("create:endless")
    one.refused("endless", ["timed out"], lambda: one.run(timeout=0.3))

    # Refusals and broken lines.
    one.refused("a wrong value inside HTTP 200", ["sync_mode"], lambda: one.run(inputs={"sync_mode": "never"}))
    one.refused("an unknown model", ["404"], lambda: one.run(model="sync/lipsync-99"))
    for status in [401, 402, 429, 500]:
        one.script(f"create:status={status}")
        one.refused(f"HTTP {status} to a create", [str(status)], one.run)
    one.script("result:status=502\nresult:status=429\nresult:drop_before")
    one.check("reads are asked again", one.run()["outputs"])
    one.script("result:vanish")
    one.refused("an id that vanished", ["404"], one.run)
    before = one.counts()["creates"]
    one.script("create:drop_after")
    one.refused("dropped after the create", ["will not retry"], one.run)
    one.check("dropped after the create: it was made once", one.counts()["creates"] == before + 1)
    one.script("create:drop_before")
    one.refused("dropped before the create", ["will not retry"], one.run)
    one.check("dropped before the create: none was made", one.counts()["creates"] == before + 1)
    for place in ["ticket:status=500", "ticket:code=400", "put:status=403"]:
        one.script(place)
        one.refused(f"upload with {place}", [""], lambda: one.client.upload(io.BytesIO(b"x")))

    counts = one.counts()
    one.check("the key went nowhere it has no business", counts["leaked_keys"] == 0)
    print(f"{one.passed} checks passed with wavespeed {VERSION}; {json.dumps(counts)}")


def main():
    if os.environ.get("KINORA_INSIDE_VENV") != "1":
        return inside_venv()
    process, url = simulator()
    try:
        judge(url)
    finally:
        process.stdin.close()
        process.wait(timeout=10)
    return 0


if __name__ == "__main__":
    sys.exit(main())
