"""What PyTorch paints over a small made-up clip, for the tests that the browser paints the same
(test/browser/network-parity.spec.ts and network-gpu.spec.ts). Run it after every export:

  python parity.py --weights ../weights/inpaint.pt --model ../weights/inpaint-384x288.fp16.onnx

and after every change of model.py, which writes the small network anew (it does not depend on the weights):

  python parity.py --small

Writes test/fixtures/network-parity.json: the model's sha256, and of each frame every second unknown pixel of every
second row, RGB, 0..255. --small writes small-network.json likewise, and small-network.onnx: the same operators in few
channels, at 64x64, with random weights. A software GPU takes minutes for a frame of the real one. The clip is a formula
that test/browser/page/network-parity.ts repeats; the fill is push-pull on both sides, each with its own code.
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
from export import export, shorten
from model import Config, Inpainter, new_state

FRAMES = 3
SMALL = Config(stem=8, mid=8, dim=16, coarse=16, head=8, coarse_layers=1, layers=2, mix=8)


def clip_frame(width, height, t):
    """frame, hole, plate, known of frame t: waves that grow brighter; a hole that moves right; its left part is in the
    plate."""
    c, y, x = np.meshgrid(np.arange(3), np.arange(height), np.arange(width), indexing="ij")
    scene = 0.5 + 0.2 * np.sin(0.05 * x + c) + 0.2 * np.cos(0.08 * y - c) + 0.01 * t
    x, y = x[:1], y[:1]
    left = width * 3 // 8 + 4 * t
    hole = (x >= left) & (x < left + width // 4) & (y >= height // 4) & (y < height * 3 // 4)
    known = ~hole | (x < width // 2)
    return [torch.from_numpy(a.astype(np.float32))[None] for a in (scene * ~hole, hole, scene * known, known)]


def painted(net, width, height):
    """The clip through PyTorch -> base64 of every frame's samples."""
    state, frames = new_state(net.cfg, 1, width, height), []
    with torch.inference_mode():
        for t in range(FRAMES):
            inputs = clip_frame(width, height, t)
            out, *state = net(*inputs, fill_of(*inputs), *state)
            unknown = (inputs[1] * (1 - inputs[3]))[0, 0, ::2, ::2].numpy() == 1
            rgb = out[0, :, ::2, ::2].numpy()[:, unknown].T  # pixels x 3
            frames.append(base64.b64encode(np.round(np.clip(rgb, 0, 1) * 255).astype(np.uint8).tobytes()).decode())
    return frames


def small_network():
    torch.manual_seed(1)
    net = Inpainter(SMALL).eval()
    with torch.no_grad():
        for p in net.parameters():  # the last layers start at zero
            p.add_(torch.randn_like(p) * 0.05)
    return net


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--weights", default="../weights/inpaint.pt")
    a.add_argument("--model", default="../weights/inpaint-384x288.fp16.onnx")
    a.add_argument("--out", default="../test/fixtures")
    a.add_argument("--small", action="store_true")
    a = a.parse_args()
    if a.small:
        net, model, width, height = small_network(), f"{a.out}/small-network.onnx", 64, 64
        export(net, model, width, height)
        shorten(model)
    else:
        net, model = load(a.weights), a.model
        width, height = map(int, re.search(r"(\d+)x(\d+)", a.model).groups())
    sha256 = hashlib.sha256(open(model, "rb").read()).hexdigest()
    with open(f"{a.out}/{'small-network' if a.small else 'network-parity'}.json", "w") as f:
        card = {
            "madeBy": "training/parity.py",
            "sha256": sha256,
            "width": width,
            "height": height,
            "frames": painted(net, width, height),
        }
        json.dump(card, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
