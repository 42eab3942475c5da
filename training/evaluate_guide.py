"""The guide against push-pull, today's network and its mix alone: the first frame of every clip, where nothing was ever
seen, low-passed.

  python evaluate_guide.py --guide checkpoints/guide.pt --weights ../weights/inpaint.pt \
      --sets ../out/seated ../../shared/eval/walkers

The others work at 288 rows, as in the product, the guide at 72. dB over never-seen pixels, errors averaged over cells
of pictures of 36, 18 and 9 rows. Clips called `blind-` are left out.
"""

import argparse
import glob
import os

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from data import fill_of
from evaluate import load, tensor, working
from export_guide import load_guide
from guide import COLUMNS, ROWS, low_passed
from model import new_state

HEIGHT = 288
SCALES = (36, 18, 9)


@torch.inference_mode()
def fills(clip, guide, net):
    """Of frame 0: name -> picture 1 3 288 W; then truth and never-seen pixels."""
    frame = cv2.imread(f"{clip}/frames/00000.jpg", cv2.IMREAD_COLOR_RGB)
    hole = cv2.imread(f"{clip}/masks/00000.png", 0) > 127
    truth = cv2.imread(
        f"{clip}/{'truth' if os.path.isdir(f'{clip}/truth') else 'frames'}/00000.jpg", cv2.IMREAD_COLOR_RGB
    )
    width = 480 if frame.shape[1] / frame.shape[0] > 1.5 else 384
    nothing = np.zeros_like(hole)
    inputs = working(frame, hole, np.zeros_like(frame), nothing, width, HEIGHT)
    fill = fill_of(*inputs)
    out, *_ = net(*inputs, fill, *new_state(net.cfg, 1, width, HEIGHT))
    guides, clues = net.guides(*inputs, fill)
    around, _ = net.look(inputs[0], inputs[1], inputs[3], fill, guides, clues)
    mixed = fill + net.mixed(around, inputs[1] * (1 - inputs[3]), guides, clues)
    picture, small_hole, *_ = working(frame, hole, np.zeros_like(frame), nothing, COLUMNS, ROWS)
    guided = F.interpolate(guide(picture, 1 - small_hole), size=(HEIGHT, width), mode="bilinear", align_corners=False)
    truth = tensor(cv2.resize(truth, (width, HEIGHT), interpolation=cv2.INTER_AREA)) / 255
    return {"push-pull": fill, "network": out, "mix alone": mixed, "guide": guided}, truth, inputs[1] * (1 - inputs[3])


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--guide", required=True)
    a.add_argument("--weights", default="../weights/inpaint.pt")
    a.add_argument("--sets", nargs="+", required=True)
    a = a.parse_args()
    torch.set_num_threads(1)
    guide, net = load_guide(a.guide), load(a.weights)
    print("| set | |" + "".join(f" {n} rows |" for n in SCALES) + "\n" + "|" + " --- |" * (2 + len(SCALES)))
    for folder in a.sets:
        clips = [os.path.dirname(d) for d in sorted(glob.glob(f"{folder}/*/clip.json"))]
        errors = {}
        for clip in clips:
            if os.path.basename(clip).startswith("blind-"):
                continue
            pictures, truth, never = fills(clip, guide, net)
            if not never.any():
                continue
            for name, picture in pictures.items():
                errors.setdefault(name, []).append([low_passed(picture - truth, never, n).item() for n in SCALES])
        for name, e in errors.items():
            db = -10 * np.log10(np.mean(e, 0)), -10 * np.log10(e).mean(0)
            print(
                f"| {os.path.basename(folder)}, {len(e)} clips | {name} |"
                + "".join(f" {p:.2f} / {m:.2f} |" for p, m in zip(*db))
            )
    print("pooled / mean of clips")


if __name__ == "__main__":
    main()
