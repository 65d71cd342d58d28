#!/usr/bin/env python3
"""The vendor's own client judges the simulator.

    python3 plugins/elevenlabs/tests/official_client.py [--url http://127.0.0.1:PORT]

Makes a virtual environment beside the build (once), installs `elevenlabs` from PyPI, starts the simulator with cargo
unless an address is given, and makes with the official client what the provider makes. Typed answers are validated
strictly by the client's own models. Needs ffmpeg and ffprobe. Ends with 1 and the reason when anything is not as the
client expects it.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
import venv
import wave
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
KEY = "sk_simulated_0123456789abcdef"
VOICE = "JBFqnCBsd6RMkjVDRZzb"


def enter_venv():
    """Runs this script again inside its virtual environment."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    folder = target / "elevenlabs-official-client"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    if subprocess.run([python, "-c", "import elevenlabs"], capture_output=True).returncode != 0:
        subprocess.run([python, "-m", "pip", "install", "--quiet", "elevenlabs"], check=True)
    os.environ["KINORA_OFFICIAL_CLIENT"] = "1"
    sys.exit(subprocess.run([python, __file__, *sys.argv[1:]]).returncode)


def start_simulator():
    """Starts the simulator; gives the process and its address."""
    cargo = os.environ.get("CARGO", "cargo")
    command = [cargo, "run", "--quiet", "-p", "kinora-elevenlabs", "--example", "elevenlabs_simulator", "--", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    url = process.stdout.readline().strip()
    if not url.startswith("http://"):
        process.kill()
        sys.exit("the simulator did not start")
    return process, url


def script(url, door, *faults):
    body = json.dumps({"door": door, "faults": list(faults)}).encode()
    urllib.request.urlopen(urllib.request.Request(url + "/_simulator/script", body, method="POST")).read()


def report(url):
    return json.load(urllib.request.urlopen(url + "/_simulator/report"))


def duration_secs(sound):
    with tempfile.NamedTemporaryFile(suffix=".audio") as file:
        file.write(sound)
        file.flush()
        command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file.name]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def recording(secs=1.0, rate=16000):
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes(b"\x00\x10" * int(rate * secs))
    return file.getvalue()


def strict(response):
    """The typed answer, once more through its model with every check on."""
    data = response.data
    raw = response._response.json()
    for item, piece in zip(data, raw) if isinstance(data, list) else [(data, raw)]:
        type(item).model_validate(piece, strict=False)
    return data


def close(value, wanted, within):
    assert abs(value - wanted) <= within, f"{value} is not {wanted}"


def judge(url):
    from elevenlabs import VoiceSettings
    from elevenlabs.client import ElevenLabs
    from elevenlabs.core.api_error import ApiError

    client = ElevenLabs(api_key=KEY, base_url=url)
    once = {"max_retries": 0}
    text = "Where am I, Aubrey?"

    def speech():
        sound = b"".join(client.text_to_speech.convert(VOICE, text=text, output_format="mp3_44100_128"))
        close(duration_secs(sound), len(text) * 0.065, 0.2)

    def raw_samples():
        sound = b"".join(client.text_to_speech.convert(VOICE, text=text, output_format="pcm_16000"))
        close(len(sound) / 2 / 16000, len(text) * 0.065, 0.1)

    def speech_with_timestamps():
        response = client.text_to_speech.with_raw_response.convert_with_timestamps(
            VOICE, text=text, model_id="eleven_v3", voice_settings=VoiceSettings(stability=0.5), seed=7
        )
        data = strict(response)
        assert "".join(data.alignment.characters) == text
        assert len(data.alignment.character_end_times_seconds) == len(text)
        assert response.headers["character-cost"] == str(len(text)), response.headers
        return response.headers["request-id"]

    def stitching():
        first = client.text_to_speech.with_raw_response.convert_with_timestamps(VOICE, text="One.")
        ids = [first.headers["request-id"]]
        client.text_to_speech.convert_with_timestamps(VOICE, text="Two.", previous_request_ids=ids)
        try:
            client.text_to_speech.convert_with_timestamps(
                VOICE, text="Two.", model_id="eleven_v3", previous_request_ids=ids, request_options=once
            )
        except ApiError as error:
            assert error.status_code == 400 and error.body["detail"]["code"] == "unsupported_model", error.body
        else:
            raise AssertionError("eleven_v3 was stitched")

    def null_alignment():
        script(url, "text-to-speech", "null_alignment")
        data = strict(client.text_to_speech.with_raw_response.convert_with_timestamps(VOICE, text="Hello."))
        assert data.alignment is None

    def speech_to_speech():
        sound = b"".join(
            client.speech_to_speech.convert(
                VOICE, audio=("line.wav", recording(), "audio/wav"), model_id="eleven_multilingual_sts_v2",
                voice_settings=json.dumps({"stability": 0.5}), remove_background_noise=True,
            )
        )
        close(duration_secs(sound), 1.0, 0.2)

    def voices():
        found, token = [], None
        while True:
            page = strict(client.voices.with_raw_response.search(page_size=100, next_page_token=token))
            found += page.voices
            token = page.next_page_token
            if not page.has_more:
                break
        assert len({voice.voice_id for voice in found}) == page.total_count == 230
        assert any(voice.preview_url is None for voice in found)

    def models():
        ids = [model.model_id for model in strict(client.models.with_raw_response.list())]
        assert "eleven_v3" in ids, ids

    def subscription():
        data = strict(client.user.subscription.with_raw_response.get())
        assert data.tier == "creator" and data.character_count > 0, data

    def sound_effects():
        sound = b"".join(
            client.text_to_sound_effects.convert(text="rain on slate", duration_seconds=3.0, prompt_influence=0.5)
        )
        close(duration_secs(sound), 3.0, 0.2)

    def music():
        sound = b"".join(client.music.compose(prompt="a slow waltz", music_length_ms=5000, model_id="music_v2"))
        close(duration_secs(sound), 5.0, 0.2)

    def history():
        page = strict(client.history.with_raw_response.list(page_size=2, source="TTS"))
        assert len(page.history) == 2 and page.has_more
        sound = b"".join(client.history.get_audio(page.history[0].history_item_id))
        assert duration_secs(sound) > 0

    def refusals():
        for fault, status in [
            ("quota_legacy", 401), ("quota_new", 401), ("payment_required", 402), ("rate_limited", 429),
            ("too_many_concurrent", 429), ("unprocessable", 422), ("plain_words", 400), ("server_error", 500),
        ]:
            script(url, "text-to-speech", fault)
            try:
                client.text_to_speech.convert_with_timestamps(VOICE, text="Hello.", request_options=once)
            except ApiError as error:
                assert error.status_code == status, f"{fault}: {error}"
                assert error.body["detail"], error.body
            else:
                raise AssertionError(f"{fault} was not refused")
        try:
            ElevenLabs(api_key="wrong", base_url=url).user.subscription.get()
        except ApiError as error:
            assert error.status_code == 401, error
        else:
            raise AssertionError("a wrong key was taken")

    def own_patience():
        script(url, "models", "rate_limited", "none")
        assert client.models.list(), "the client comes back after a 429"

    checks = [
        speech, raw_samples, speech_with_timestamps, stitching, null_alignment, speech_to_speech, voices, models,
        subscription, sound_effects, music, history, refusals, own_patience,
    ]
    failed = 0
    for check in checks:
        try:
            check()
            print(f"ok      {check.__name__}")
        except Exception as error:  # each check is reported, whatever it met
            failed += 1
            print(f"FAILED  {check.__name__}: {type(error).__name__}: {error}")
    seen = report(url)
    if seen["violations"]:
        failed += 1
        print(f"FAILED  the client's requests do not fit the OpenAPI: {seen['violations']}")
    import elevenlabs.version

    print(f"elevenlabs {elevenlabs.version.__version__}: {len(checks)} checks, {failed} failed, "
          f"{sum(seen['creates'].values())} works, {seen['credits']} credits")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="a simulator that runs already")
    arguments = parser.parse_args()
    process = None
    url = arguments.url
    if url is None:
        process, url = start_simulator()
    try:
        failed = judge(url)
    finally:
        if process is not None:
            process.terminate()
            process.wait()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    if os.environ.get("KINORA_OFFICIAL_CLIENT") != "1":
        enter_venv()
    main()
