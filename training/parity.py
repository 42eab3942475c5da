"""What PyTorch paints over a small made-up clip, for the test that the browser paints the same (test/browser/network-parity.spec.ts).
Run it after every export:

  python parity.py --weights ../weights/inpaint.pt --model ../weights/inpaint-384x288.fp16.onnx

Writes test/fixtures/network-parity.json: the model's sha256, and of each frame every second unknown pixel of every second row, RGB, 0..255.
The clip is a formula that test/browser/page/network-parity.ts repeats; the fill is push-pull on both sides, each with its own code.
"""
import argparse
import base64
import hashlib
import json
import re

import numpy as np
import torch

from data import fill_of
from evaluate import load
from model import new_state

FRAMES = 3


def clip_frame(width, height, t):
    """frame, hole, plate, known of frame t: waves that grow brighter; a hole that moves right; its left part is in the plate."""
    c, y, x = np.meshgrid(np.arange(3), np.arange(height), np.arange(width), indexing="ij")
    scene = 0.5 + 0.2 * np.sin(0.05 * x + c) + 0.2 * np.cos(0.08 * y - c) + 0.01 * t
    x, y = x[:1], y[:1]
    left = width * 3 // 8 + 4 * t
    hole = (x >= left) & (x < left + width // 4) & (y >= height // 4) & (y < height * 3 // 4)
    known = ~hole | (x < width // 2)
    return [torch.from_numpy(a.astype(np.float32))[None] for a in (scene * ~hole, hole, scene * known, known)]


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--weights", default="../weights/inpaint.pt")
    a.add_argument("--model", default="../weights/inpaint-384x288.fp16.onnx")
    a.add_argument("--out", default="../test/fixtures/network-parity.json")
    a = a.parse_args()
    width, height = map(int, re.search(r"(\d+)x(\d+)", a.model).groups())
    net = load(a.weights)
    state, frames = new_state(net.cfg, 1, width, height), []
    with torch.inference_mode():
        for t in range(FRAMES):
            inputs = clip_frame(width, height, t)
            out, *state = net(*inputs, fill_of(*inputs), *state)
            unknown = (inputs[1] * (1 - inputs[3]))[0, 0, ::2, ::2].numpy() == 1
            rgb = out[0, :, ::2, ::2].numpy()[:, unknown].T  # pixels x 3
            frames.append(base64.b64encode(np.round(np.clip(rgb, 0, 1) * 255).astype(np.uint8).tobytes()).decode())
    sha256 = hashlib.sha256(open(a.model, "rb").read()).hexdigest()
    with open(a.out, "w") as f:
        json.dump({"madeBy": "training/parity.py", "sha256": sha256, "width": width, "height": height, "frames": frames}, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
