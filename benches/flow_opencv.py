#!/usr/bin/env python3
"""OpenCV's DIS with plain two-way warping, measured like Kinora's own: `flow` calls this with raw luma planes.

`flow_opencv.py RAW WIDTH HEIGHT` prints a JSON list. Needs OpenCV and NumPy; `python(venv)` gives a Python that has them.
"""

import json
import shutil
import statistics
import subprocess
import sys
import time


def python(venv):
    """The Python of an environment with OpenCV in it, made where it is missing."""
    found = venv / "bin" / "python"
    if found.exists() and subprocess.run([found, "-c", "import cv2"], capture_output=True).returncode == 0:
        return found
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    packages = ["opencv-python-headless", "numpy"]
    subprocess.run([found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True)
    return found


def main(raw, width, height):
    import cv2
    import numpy as np

    cv2.setNumThreads(1)
    frames = np.fromfile(raw, np.uint8).reshape(-1, height, width)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))

    def fetched(frame, flow, filtering):
        ways = (columns + 0.5 * flow[..., 0], rows + 0.5 * flow[..., 1])
        return cv2.remap(frame, *ways, filtering, borderMode=cv2.BORDER_REPLICATE)

    def between(dis, filtering, a, b):
        forward, backward = dis.calc(a, b, None), dis.calc(b, a, None)
        return cv2.addWeighted(fetched(a, backward, filtering), 0.5, fetched(b, forward, filtering), 0.5, 0)

    presets = {
        "ultrafast": cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST,
        "fast": cv2.DISOPTICAL_FLOW_PRESET_FAST,
        "medium": cv2.DISOPTICAL_FLOW_PRESET_MEDIUM,
    }
    filters = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC}
    results = []
    for preset, number in presets.items():
        for filtering, flag in filters.items():
            dis = cv2.DISOpticalFlow_create(number)
            psnr_db, ms = [], []
            for held in range(1, len(frames) - 1, 2):
                started = time.perf_counter()
                made = between(dis, flag, frames[held - 1], frames[held + 1])
                ms.append((time.perf_counter() - started) * 1e3)
                error = np.mean((made.astype(np.float64) - frames[held]) ** 2)
                psnr_db.append(10 * np.log10(255**2 / max(error, 255**2 * 1e-10)))
            name = f"OpenCV {preset}, {filtering}"
            results.append({"engine": name, "psnr_db": float(np.mean(psnr_db)), "ms_one": statistics.median(ms)})
    print(json.dumps(results))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
