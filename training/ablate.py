"""Ablations of equal budget: every variant is trained from the same seed, on the same clips, for the same number of
steps, and scored on the same held-out clips.

  python ablate.py --out runs/ablate --mix runs/mix/mix.pt --steps 20000 --size 256x160 --frames 4 \
      --batch 16                                      (for whoever has a GPU)
  python ablate.py ... --only full no-memory      (some of them)

Prints a table: never (dB, pooled over never-seen pixels), feat (the scorer's feature distance in the picture, over the
hole's share), flicker (mean |d/dt output - d/dt truth| in the hole, 0..255). A variant that was cut off goes on where
it stopped; a finished one is only scored again.
"""

import argparse
import math
import subprocess
import sys

import torch

from data import Clips
from evaluate import load
from losses import feature_distance, load_features, masked_mean
from train import roll_out

VARIANTS = {
    "full": [],
    "no-memory": ["--without", "memory"],
    "no-plate": ["--without", "plate"],
    "no-cpe": ["--without", "cpe"],
    "slots-1": ["--slots", "1"],
    "slots-3": ["--slots", "3"],
    "slots-6": ["--slots", "6"],
    "hole-queries": ["--hole-queries"],
    "no-feature": ["--feature", "0"],
    "adversarial": ["--adversarial", "0.01"],
    "no-feature-adversarial": ["--feature", "0", "--adversarial", "0.01"],
}


@torch.no_grad()
def score(weights, features, clips, without):
    """-> never, fill's never, feat, flicker over the clips (each B T C H W)."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net, trunk = load(weights).to(device), load_features(features).to(device)
    squares, count, feat, flicker = [0.0, 0.0], 0.0, [], []
    for clip in clips:
        clip = {k: v.to(device) for k, v in clip.items()}
        out, fill = roll_out(net, clip, device, False, without)
        truth, hole, never = clip["truth"], clip["hole"], clip["hole"] * (1 - clip["known"])
        for i, x in enumerate((out.clamp(0, 1), fill)):
            squares[i] += (((x - truth) ** 2) * never).sum().item()
        count += never.sum().item() * 3
        shown = truth + hole * (out.clamp(0, 1) - truth)
        share = hole[:, -1].mean((1, 2, 3)).clamp(min=0.05)
        feat.append((feature_distance(trunk, shown[:, -1], truth[:, -1]) / share).mean().item())
        both = (hole[:, 1:] * hole[:, :-1]).flatten(0, 1)
        flicker.append(masked_mean((shown.diff(dim=1) - truth.diff(dim=1)).abs().flatten(0, 1), both).item() * 255)
    mean = lambda x: sum(x) / len(x)
    return *(10 * math.log10(count / s) for s in squares), mean(feat), mean(flicker)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--train", default="../../shared/train")
    a.add_argument("--features", default="../../shared/models/squeezenet1_1_features.onnx")
    a.add_argument("--cache", default="runs/cache")
    a.add_argument("--out", default="runs/ablate")
    a.add_argument("--mix", required=True)
    a.add_argument("--init", help="weights that all variants start from, as far as they fit, instead of new ones")
    a.add_argument("--steps", type=int, required=True)
    a.add_argument("--size", default="256x160")
    a.add_argument("--frames", type=int, default=4)
    a.add_argument("--batch", type=int, default=16)
    a.add_argument("--clips", type=int, default=64, help="held-out clips to score")
    a.add_argument("--only", nargs="*", default=list(VARIANTS), choices=list(VARIANTS))
    a = a.parse_args()
    size = tuple(map(int, a.size.split(",")[-1].split("x")))
    clips, rows = None, []
    for name in a.only:
        options, out = VARIANTS[name], f"{a.out}/{name}"
        same = [
            "--train",
            a.train,
            "--features",
            a.features,
            "--cache",
            a.cache,
            "--mix",
            a.mix,
            "--steps",
            str(a.steps),
            "--size",
            a.size,
        ]
        same += ["--init", a.init] if a.init else []
        command = [
            sys.executable,
            "train.py",
            "--out",
            out,
            "--phase",
            "ablate",
            *same,
            "--frames",
            str(a.frames),
            "--batch",
            str(a.batch),
            *options,
        ]
        subprocess.run(command, check=True)
        clips = clips or list(Clips(a.cache, "val", [size], [max(2, a.frames)], 4, seed=11, limit=max(1, a.clips // 4)))
        without = options[1:] if "--without" in options else []
        rows.append((name, *score(f"{out}/latest.pt", a.features, clips, without)))
    print(f"| {a.steps} steps of {a.batch} | never | over the fill | feat | flicker |\n|---|---|---|---|---|")
    for name, never, floor, feat, flicker in rows:
        print(f"| {name} | {never:.3f} | {never - floor:+.3f} | {feat:.3f} | {flicker:.2f} |")


if __name__ == "__main__":
    main()
