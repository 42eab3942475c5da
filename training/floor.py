"""The floor, clip by clip: the never-seen pixels of twelve frames of every clip, push-pull against weights, with the
same plate.

  python floor.py --weights ../weights/inpaint.pt runs/new/inpaint.pt \
      --sets ../../shared/eval/walkers ../../shared/eval/webcam ../../shared/eval/davis

Composite and plate as in evaluate.py; the plate learns from every frame, the network sees twelve, evenly spaced, and
its memory goes from one to the next. Frames are pooled. Clips without never-seen pixels are left out. Says of each set
of weights which clips fall below push-pull.
"""

import argparse
import glob
import json
import os

import cv2
import numpy as np
import torch

from evaluate import Painter, Plate, load

FRAMES = 12


def clip_scores(clip, nets):
    """-> dB on never-seen pixels of push-pull and of each network, or None where there are no such pixels."""
    n = json.load(open(f"{clip}/clip.json"))["frames"]
    chosen = {round(i * (n - 1) / (FRAMES - 1)) for i in range(FRAMES)}
    truths = f"{clip}/truth" if os.path.isdir(f"{clip}/truth") else f"{clip}/frames"
    painters, plate, errors, count = None, None, np.zeros(len(nets)), 0
    for i in range(n):
        frame = cv2.imread(f"{clip}/frames/{i:05d}.jpg", cv2.IMREAD_COLOR_RGB)
        hole = cv2.imread(f"{clip}/masks/{i:05d}.png", 0) > 127
        if painters is None:
            plate, width = Plate(frame.shape), 480 if frame.shape[1] / frame.shape[0] > 1.5 else 384
            painters = [Painter(net, width, 288) for net in nets]
        never = hole & ~plate.known
        if i in chosen and never.any():
            truth = cv2.imread(f"{truths}/{i:05d}.jpg", cv2.IMREAD_COLOR_RGB)[never].astype(np.float64)
            today = plate.today(frame, hole)
            errors += [
                ((painter.paint(frame, hole, today, plate.known)[never] - truth) ** 2).sum() for painter in painters
            ]
            count += 3 * never.sum()
        plate.learn(frame, hole)
    return 10 * np.log10(255**2 * count / errors) if count else None


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--weights", nargs="+", required=True)
    a.add_argument("--sets", nargs="+", required=True)
    a.add_argument("--clips", nargs="*", help="only these")
    a.add_argument("--tolerance", type=float, default=0.0, help="dB below push-pull that do not count as a fall")
    a = a.parse_args()
    torch.set_num_threads(1)
    nets, rows = [None, *map(load, a.weights)], {}
    print("| clip | push-pull |" + "".join(f" {w} |" for w in a.weights))
    print("|" + " --- |" * (2 + len(a.weights)))
    for d in sorted(d for s in a.sets for d in glob.glob(f"{s}/*/clip.json")):
        clip = os.path.dirname(d)
        name = "/".join(clip.split("/")[-2:])
        if a.clips and os.path.basename(clip) not in a.clips:
            continue
        scores = clip_scores(clip, nets)
        if scores is not None:
            rows[name] = scores
            print(
                f"| {name} | {scores[0]:.2f} |" + "".join(f" {s:.2f} ({s - scores[0]:+.2f}) |" for s in scores[1:]),
                flush=True,
            )
    gain = np.array([s[1:] - s[0] for s in rows.values()])
    print("| mean gain | |" + "".join(f" {g:+.2f} |" for g in gain.mean(0)))
    for weights, g in zip(a.weights, gain.T):
        below = [name for name, x in zip(rows, g) if x < -a.tolerance]
        print(f"{weights}: {len(below)} of {len(rows)} clips below push-pull: {', '.join(below) or 'none'}")


if __name__ == "__main__":
    main()
