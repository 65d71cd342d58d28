#!/usr/bin/env python3
"""Judges the simulator by the vendor's own client, `replicate` from PyPI.

    python3 plugins/replicate/tests/official_client.py [--simulator PROGRAM | --url http://127.0.0.1:PORT/v1]

Makes a virtual environment in a temporary folder, installs the client, starts the simulator (built by
`cargo build -p kinora-replicate --example replicate_simulator`) and runs create, poll, cancel, files, list, models, account and the
faults against it. Ends with 0 when the client is content with every answer.
"""

import argparse
import importlib.metadata
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.request
import venv

CLIENT = "replicate==1.0.7"
TOKEN = "r8_simulated"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulator", default="target/debug/examples/replicate_simulator")
    parser.add_argument("--url")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return judge(options.inside)
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = next(p for p in (pathlib.Path(folder, "bin/python"), pathlib.Path(folder, "Scripts/python.exe")) if p.exists())
        subprocess.run([python, "-m", "pip", "install", "--quiet", CLIENT], check=True)
        if options.url:
            return subprocess.run([python, __file__, "--inside", options.url]).returncode
        simulator = subprocess.Popen([options.simulator, "--port", "0", "--token", TOKEN], stdout=subprocess.PIPE, text=True)
        try:
            url = simulator.stdout.readline().strip()
            return subprocess.run([python, __file__, "--inside", url]).returncode
        finally:
            simulator.terminate()
            simulator.wait()


def judge(url: str) -> int:
    import os

    os.environ["REPLICATE_POLL_INTERVAL"] = "0.01"
    import replicate
    from replicate.exceptions import ModelError, ReplicateError

    origin = url.removesuffix("/v1")
    client = replicate.Client(api_token=TOKEN, base_url=origin)
    done = []

    def control(name, body):
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{origin}/_sim/{name}", data=data, method="POST")
        return json.load(urllib.request.urlopen(request))

    def check(name, good):
        done.append((name, bool(good)))
        print(("ok   " if good else "FAIL ") + name)

    def refused(name, status, call):
        try:
            call()
        except ReplicateError as error:
            return check(name, error.status == status)
        check(name, False)

    version = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"
    words = {"prompt": "a storm over the lake"}
    nano = "google/nano-banana"

    # An official model, by its own address, to its end.
    control("plan", {"steps": 3})
    made = client.models.predictions.create(model="google/veo-3.1", input={**words, "duration": 8})
    check("create by official model", made.status == "starting" and made.version == "hidden")
    made.reload()
    check("poll: processing with progress", made.status == "processing" and made.progress.percentage == 0.25)
    made.wait()
    check("wait: succeeded with an address", made.status == "succeeded" and made.output.endswith(".mp4"))
    body = urllib.request.urlopen(made.output).read()
    check("the output has its announced length", len(body) == 4096 and body[4:8] == b"ftyp")

    # By version, by name and version, and with every shape of output.
    check("create by version", client.predictions.create(version=version, input=words).version == version)
    control("plan", {"steps": 1, "shape": "list"})
    check("run: a list", len(client.run(nano, input=words, wait=False)) == 2)
    control("plan", {"steps": 1, "shape": "object"})
    check("run: an object", client.run(nano, input=words, wait=False)["media"]["url"].endswith(".png"))
    control("plan", {"steps": 1, "shape": "inline"})
    check("run: a file within the answer", client.run(nano, input=words, wait=False).read().startswith(b"\x89PNG"))

    # Cancel, failure, get by id.
    control("plan", {"endless": True})
    endless = client.models.predictions.create(model=nano, input=words)
    endless.cancel()
    endless.reload()
    check("cancel", endless.status == "canceled")
    check("get by id", client.predictions.get(endless.id).id == endless.id)
    control("plan", {"steps": 1, "end": "failed", "error": "out of frames"})
    try:
        client.run(nano, input=words, wait=False)
        check("failure", False)
    except ModelError as error:
        check("failure", "out of frames" in str(error))

    # Files.
    with tempfile.NamedTemporaryFile(suffix=".png") as picture:
        picture.write(b"\x89PNG" + bytes(300_000))
        picture.flush()
        stored = client.files.create(pathlib.Path(picture.name), metadata={"shot": 7})
    check("upload", stored.size == 300_004 and stored.name.endswith(".png"))
    check("file get", client.files.get(stored.id).urls["get"].endswith(stored.id))
    check("file list", [file.id for file in client.files.list()] == [stored.id])
    client.files.delete(stored.id)
    refused("file delete", 404, lambda: client.files.get(stored.id))

    # The list, page by page.
    control("config", {"page_size": 3})
    page = client.predictions.list()
    ids = [prediction.id for prediction in page]
    while page.next:
        page = client.predictions.list(page.next)
        ids += [prediction.id for prediction in page]
    stats = json.load(urllib.request.urlopen(f"{origin}/_sim/stats"))
    check("list, page by page, newest first", len(ids) == len(set(ids)) == stats["creates"] and ids == sorted(ids, reverse=True))

    # Models and the account.
    model = client.models.get("google/veo-3.1")
    inputs = model.latest_version.openapi_schema["components"]["schemas"]["Input"]
    check("model with its schema", inputs["required"] == ["prompt"] and "allOf" in inputs["properties"]["resolution"])
    check("account", client.accounts.current().username == "lilian")

    # Refusals, as the client reads them.
    refused("422: a wrong choice", 422, lambda: client.models.predictions.create(model="google/veo-3.1", input={**words, "duration": 5}))
    refused("422: no prompt", 422, lambda: client.models.predictions.create(model="google/veo-3.1", input={}))
    refused("422: no such version", 422, lambda: client.predictions.create(version="0" * 64, input=words))
    refused("404: no such model", 404, lambda: client.models.get("nobody/nothing"))
    refused("404: no such prediction", 404, lambda: client.predictions.get("nothing"))
    refused("401: a wrong key", 401, lambda: replicate.Client(api_token="r8_wrong", base_url=origin).accounts.current())
    credit = {"title": "Insufficient credit", "detail": "You have insufficient credit", "status": 402}
    control("faults", {"on": "create", "act": {"answer": {"status": 402, "body": credit}}})
    refused("402: no credit", 402, lambda: client.models.predictions.create(model=nano, input=words))

    # The client's own patience: it asks again after 503 and a throttled question.
    control("faults", {"on": "account", "act": {"answer": {"status": 503, "body": {"detail": "busy"}}}})
    control("faults", {"on": "account", "act": {"answer": {"status": 429, "body": {"detail": "resets in ~1s."}, "headers": [["Retry-After", "0"]]}}})
    check("503 and 429 are asked again", client.accounts.current().username == "lilian")

    # A create that was accepted and whose answer was lost counts as one create.
    before = json.load(urllib.request.urlopen(f"{origin}/_sim/stats"))["creates"]
    control("faults", {"on": "create", "act": "drop_after"})
    try:
        client.models.predictions.create(model=nano, input=words)
        check("a lost answer", False)
    except Exception as error:  # httpx's own kinds
        after = json.load(urllib.request.urlopen(f"{origin}/_sim/stats"))["creates"]
        check(f"a lost answer ({type(error).__name__}) made one", after == before + 1)

    failed = [name for name, good in done if not good]
    print(f"{len(done) - len(failed)} of {len(done)} with replicate {importlib.metadata.version('replicate')}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
