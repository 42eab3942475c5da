"""Run the model over an evaluation set with the simplest honest composite, and write PNGs for the shared scorer.

  python evaluate.py --weights ../weights/inpaint.pt --set ../../shared/eval/walkers --out /tmp/pred   (or fill)
  python ../../shared/tools/score.py ../../shared/eval/walkers /tmp/pred \
      --features ../../shared/models/squeezenet1_1_features.onnx

Composite: hidden pixels that were seen come from the plate (running mean of visible values, 1/16, one colour gain a
channel fitted outside the hole), only never-seen ones from the network. Frame by frame, state in, state out; nothing of
a later frame is read.
"""

import argparse
import glob
import json
import os

import cv2
import numpy as np
import torch

from data import fill_of
from model import Config, Inpainter, new_state


class Plate:
    """Full-resolution running mean of what was visible. Arrays H x W x 3, 0..255."""

    def __init__(self, shape):
        self.value, self.known = np.zeros(shape, np.float32), np.zeros(shape[:2], bool)

    def today(self, frame, hole):
        """The plate in this frame's light: H x W x 3 float."""
        both = self.known & ~hole
        if both.sum() < 500:
            return self.value
        f, p = frame[both].astype(np.float64), self.value[both].astype(np.float64)
        return np.clip(self.value * ((f * p).sum(0) / np.maximum((p * p).sum(0), 1)).astype(np.float32), 0, 255)

    def learn(self, frame, hole):
        new, old = ~hole & ~self.known, ~hole & self.known
        self.value[new] = frame[new]
        self.value[old] += (frame[old] - self.value[old]) / 16
        self.known |= ~hole


def tensor(a):
    return torch.from_numpy(
        np.ascontiguousarray(a if a.ndim == 3 else a[..., None]).transpose(2, 0, 1)[None].astype(np.float32)
    )


def working(frame, hole, plate, known, width, height):
    """Full-size arrays -> the network's inputs at working size. A small pixel is hole if any of its area is, and known
    only if all of it is. Colours are averaged over visible (known) area only, so nothing of the hole bleeds in."""
    size = (width, height)
    shrink = lambda a: cv2.resize(a.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    seen, have = shrink(~hole), shrink(known)
    small_hole, small_known = (seen < 0.999).astype(np.float32), (have > 0.999).astype(np.float32)
    mean = lambda a, where, share: shrink(a * where[..., None]) / np.maximum(share, 1e-3)[..., None] / 255
    return [tensor(x) for x in (mean(frame, ~hole, seen), small_hole, mean(plate, known, have), small_known)]


class Painter:
    """The network with its state, for one clip. paint(): full-size arrays -> H x W x 3 float, 0..255, meant for
    never-seen pixels."""

    def __init__(self, net, width, height):
        self.net, self.size = net, (width, height)
        self.state = new_state(net.cfg, 1, width, height) if net else None

    @torch.inference_mode()
    def paint(self, frame, hole, plate, known):
        inputs = working(frame, hole, plate, known, *self.size)
        out = fill_of(*inputs)
        if self.net:
            out, *self.state = self.net(*inputs, out, *self.state)
        small = out[0].clamp(0, 1).permute(1, 2, 0).numpy() * 255
        return cv2.resize(small, (frame.shape[1], frame.shape[0]), interpolation=cv2.INTER_LINEAR)


def load(path):
    """EMA weights of a training checkpoint, or a released file -> the network, ready to run."""
    c = torch.load(path, map_location="cpu", weights_only=True)
    net = Inpainter(Config(**c.get("config", {})))
    net.load_state_dict({k: v.float() for k, v in c["ema"].items()})
    return net.eval()


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--weights", required=True)
    a.add_argument("--set", required=True)
    a.add_argument("--out", required=True)
    a.add_argument("--size", help="working size; by default 384x288 for 4:3 and 480x288 for wider clips")
    a.add_argument("--clip", help="only this clip")
    a.add_argument("--threads", type=int, default=1)
    a = a.parse_args()
    torch.set_num_threads(a.threads)
    net = None if a.weights == "fill" else load(a.weights)
    for d in sorted(glob.glob(f"{a.set}/{a.clip or '*'}/clip.json")):
        clip, painter, plate = os.path.dirname(d), None, None
        target = f"{a.out}/{os.path.basename(clip)}"
        os.makedirs(target, exist_ok=True)
        for i in range(json.load(open(d))["frames"]):
            frame = cv2.imread(f"{clip}/frames/{i:05d}.jpg", cv2.IMREAD_COLOR_RGB)
            hole = cv2.imread(f"{clip}/masks/{i:05d}.png", 0) > 127
            if painter is None:
                wide = frame.shape[1] / frame.shape[0] > 1.5
                w, h = map(int, a.size.split("x")) if a.size else (480 if wide else 384, 288)
                painter, plate = Painter(net, w, h), Plate(frame.shape)
            today = plate.today(frame, hole)
            out = np.where((hole & plate.known)[..., None], today, frame)
            never = hole & ~plate.known
            painted = painter.paint(frame, hole, today, plate.known)  # every frame, so that its memory has no gaps
            out[never] = painted[never]
            plate.learn(frame, hole)
            rgb = np.clip(np.round(out), 0, 255).astype(np.uint8)
            cv2.imwrite(f"{target}/{i:05d}.png", rgb[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
        print(target, flush=True)


if __name__ == "__main__":
    main()
