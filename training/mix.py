"""Fit the mix of the three fills (push-pull, rows, columns) alone: 30,000 weights, some minutes on a CPU, before the network is trained.

  python mix.py --cache runs/cache --out runs/a/mix.pt

Which fill to believe is a matter of the clues at a pixel (`Inpainter.guides`) and of a broad view of its surroundings (`Mix`). Both are made once for
each clip; then single pixels of many clips teach it, and the network starts above the floor instead of having to find this out through its
tokens. train.py takes the file with --mix.
"""
import argparse
import os

import numpy as np
import torch
import torch.nn.functional as F

from data import Clips, build_cache, fill_of
from model import Inpainter, Mix

CLIPS = {(192, 128): 3000, (320, 192): 1200}  # training clips of each size
PIXELS = 300  # of each
STEPS, BATCH, LR = 2400, 16, 2e-3
FLOOR = 0.15  # x log of the factor by which a clip's error exceeds that of push-pull: where it is unsure, the mix stays there


@torch.no_grad()
def samples(cache, split, size, clips, pixels, seed):
    """Of each clip: its surroundings as `Mix.small` before standardisation; of `pixels` never-seen pixels their place (-1..1) and (clues, guides,
    truth - fill). A list of tensors, clips first."""
    rng, mix, out = np.random.default_rng(seed), Mix(), []
    for batch in Clips(cache, split, [size], [1], 8, seed=seed, limit=None):
        c = {k: v[:, 0] for k, v in batch.items()}
        truth = c.pop("truth")
        fill = fill_of(**c)
        guides, clues = Inpainter.guides(**c, fill=fill)
        unknown = c["hole"] * (1 - c["known"])
        small = mix.small(clues, guides, c["frame"] * (1 - c["hole"]) + fill * c["hole"], unknown, c["hole"]).half()
        for b, never in enumerate(unknown[:, 0].numpy() > 0):
            at = rng.choice(np.flatnonzero(never), pixels)
            place = np.stack([at % size[0] * 2 + 1, at // size[0] * 2 + 1], -1) / size - 1
            out.append([small[b], torch.from_numpy(place.astype(np.float32)), *(x[b].flatten(1)[:, at] for x in (clues, guides, truth - fill))])
        if len(out) >= clips:
            return [torch.stack(x) for x in zip(*out)]


def errors(mix, small, place, clues, guides, wanted):
    """Mean square error of each clip over its sampled pixels, and that of the push-pull fill."""
    around = F.grid_sample(mix.around((small.float() - mix.mean) / mix.std), place[:, :, None], padding_mode="border", align_corners=False)
    logits, shade = around.split(3, 1)
    ours = mix.blend(mix.at(clues[..., None]) + logits, shade, guides[..., None])[..., 0]
    return ((ours - wanted) ** 2).mean((1, 2)), (wanted**2).mean((1, 2))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--train", default="../../shared/train")
    a.add_argument("--cache", default="runs/cache")
    a.add_argument("--out", default="runs/a/mix.pt")
    a = a.parse_args()
    build_cache(a.train, a.cache)
    torch.manual_seed(0)
    train = [samples(a.cache, "train", size, n, PIXELS, i) for i, (size, n) in enumerate(CLIPS.items())]
    val = samples(a.cache, "val", (192, 128), 200, 1000, 7)
    mix, first = Mix(), train[0][0][::4].float()
    mix.mean.copy_(first.mean((0, 2, 3)).view(-1, 1, 1)), mix.std.copy_(first.std((0, 2, 3)).view(-1, 1, 1) + 1e-3)
    optimizer = torch.optim.AdamW(mix.parameters(), LR, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LR, STEPS, pct_start=0.1)
    for step in range(STEPS):
        one = train[step % len(train)]
        pick = torch.randint(len(one[0]), (BATCH,))
        e, fill = errors(mix, *(x[pick] for x in one))
        floor = torch.relu(torch.log(e + 1e-5) - torch.log(fill + 1e-5)).mean()
        loss = e.mean() + 0.02 * torch.log(e + 1e-4).mean() + FLOOR * floor  # pooled dB, every clip's own, and none worse than push-pull
        optimizer.zero_grad(), loss.backward()
        torch.nn.utils.clip_grad_norm_(mix.parameters(), 1.0)
        optimizer.step(), schedule.step()
        if (step + 1) % (STEPS // 8) == 0:
            with torch.no_grad():
                e, fill = (torch.cat(x) for x in zip(*(errors(mix, *(x[i : i + 50] for x in val)) for i in range(0, 200, 50))))
            db = lambda x: f"{-10 * x.mean().log10():.3f} pooled, {-10 * x.log10().mean():.3f} mean of clips"
            print(f"{step + 1}: fill {db(fill)}; mix {db(e)}; worse than the fill by 0.1 dB: {(e > fill * 1.0233).float().mean():.0%}", flush=True)
    os.makedirs(os.path.dirname(a.out) or ".", exist_ok=True)
    torch.save(mix.state_dict(), a.out)


if __name__ == "__main__":
    main()
