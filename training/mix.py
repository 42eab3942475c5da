"""Fit the mix of the three fills (push-pull, rows, columns) alone: 200-odd weights, two minutes on a CPU, before the network is trained.

  python mix.py --cache runs/cache --out runs/a/mix.pt

Which fill to believe is a matter of seven clues at a pixel (`Inpainter.guides`), so single pixels of many clips teach it, and the network
starts above the floor instead of having to find this out through its tokens. train.py takes the file with --mix.
"""
import argparse
import os

import numpy as np
import torch

from data import Clips, build_cache, fill_of
from model import Config, Inpainter

CLIPS = 1200  # training clips, half of them 192x128, half 128x96
PIXELS = 300  # of each
STEPS = 1500


@torch.no_grad()
def samples(cache, split, size, clips, pixels, seed):
    """Clips x pixels x (clues, guides, truth - fill)."""
    rng, out = np.random.default_rng(seed), []
    for batch in Clips(cache, split, [size], 1, 8, seed=seed, limit=None):
        c = {k: v[:, 0] for k, v in batch.items()}
        truth = c.pop("truth")
        fill = fill_of(**c)
        guides, clues = Inpainter.guides(**c, fill=fill)
        for b, never in enumerate((c["hole"] * (1 - c["known"]))[:, 0].numpy() > 0):
            at = np.flatnonzero(never)
            if len(at) > 20:
                at = rng.choice(at, pixels)
                out.append([x[b].flatten(1)[:, at].T for x in (clues, guides, truth - fill)])
        if len(out) >= clips:
            return [torch.stack(x) for x in zip(*out)]


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--train", default="../../shared/train")
    a.add_argument("--cache", default="runs/cache")
    a.add_argument("--out", default="runs/a/mix.pt")
    a = a.parse_args()
    build_cache(a.train, a.cache)
    torch.manual_seed(0)
    train = [torch.cat(x) for x in zip(*(samples(a.cache, "train", s, CLIPS // 2, PIXELS, i) for i, s in enumerate(((192, 128), (128, 96)))))]
    val = samples(a.cache, "val", (192, 128), 150, 1000, 7)
    mean, std = train[0].mean((0, 1)), train[0].std((0, 1))
    net = Inpainter(Config(coarse_layers=0, layers=0))
    optimizer = torch.optim.Adam(net.mix.parameters(), 4e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)

    def errors(clues, guides, wanted):  # clips x pixels x channels -> mean square error of each clip
        image = lambda x: x.permute(0, 2, 1)[..., None]
        clues = (clues - mean) / std
        return ((net.mixed(image(guides), image(clues), 0.0) - image(wanted)) ** 2).mean((1, 2, 3))

    for _ in range(STEPS):
        pick = torch.randint(len(train[0]), (64,))
        e = errors(*(x[pick] for x in train))
        loss = e.mean() + 0.005 * torch.log(e + 1e-4).mean()  # pooled dB, and every clip's own
        optimizer.zero_grad(), loss.backward(), optimizer.step(), schedule.step()
    with torch.no_grad():
        for name, e in (("fill", (val[2] ** 2).mean((1, 2))), ("mix", errors(*val))):
            print(f"{name}: pooled {-10 * e.mean().log10():.3f} dB, mean of clips {-10 * e.log10().mean():.3f} dB")
        first = net.mix[0]  # take the standardisation into the weights
        first.bias -= (first.weight[:, :, 0, 0] * (mean / std)).sum(1)
        first.weight /= std.reshape(1, -1, 1, 1)
    os.makedirs(os.path.dirname(a.out) or ".", exist_ok=True)
    torch.save(net.mix.state_dict(), a.out)


if __name__ == "__main__":
    main()
