"""Scenes of calls, for the guide: somebody sits before the camera from the first frame on, down to the lower edge, and
sways. Photos of rooms and procedural rooms (`rooms.py`), at the guide's own size.

  python calls.py --cache runs/cache      writes calls.png to look at: known, push-pull, truth
"""

import argparse

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from data import PORTRAITS
from pushpull import push_pull
from rooms import room
from scenes import Scenes

ASPECTS = (4 / 3, 4 / 3, 16 / 9, 14 / 9)  # of the cameras; the guide sees every picture squashed to its own size
PROCEDURAL = 0.3  # share of the rooms
NOTHING_KNOWN = 0.8  # share of the holes of which nothing was ever seen
GENERAL = 0.2  # share of batches with the holes of any scene: bodies, blobs, walkers


class Calls(Scenes):
    """`call(height, width)`: picture N 3 h w (RGB 0..1, zero where unknown), unknown N 1 h w (0 or 1) and truth N 3 h
    w; N is at most `count`.

    procedural, general: shares as above; a held-out set takes 0 or 1."""

    def __init__(self, cache, split, seed, count, procedural=PROCEDURAL, general=GENERAL):
        super().__init__(cache, split, seed, count)
        self.procedural, self.general = procedural, general

    @torch.no_grad()
    def call(self, h, w):
        if self.rng.random() < self.general:
            c = self.batch(h, w)
            unknown = c["hole"] * (1 - c["known"])
            picture = c["frame"] * (1 - c["hole"]) + c["plate"] * (c["hole"] - unknown)
            return picture, unknown, c["truth"]
        truth, unknown = self.room(h, w), self.sitters(h, w)
        noise = torch.tensor([0, 1, 2, 3.0])[self.pick(4, self.count, 1, 1, 1)] / 255
        picture = (truth + torch.randn(truth.shape, generator=self.dice) * noise).clamp(0, 1) * (1 - unknown)
        fit = (unknown.mean((1, 2, 3)) > 0.02) & (unknown.mean((1, 2, 3)) < 0.7)
        return picture[fit], unknown[fit], truth[fit]

    def room(self, h, w):
        drawn = int((self.rng.random(self.count) < self.procedural).sum())
        photos = (
            self.photo(self.count - drawn, h, w, ASPECTS[self.pick(len(ASPECTS)).item()])
            if drawn < self.count
            else torch.zeros(0, 3, h, w)
        )
        rooms = [torch.from_numpy(room(self.rng, h, w)).permute(2, 0, 1).float() / 255 for _ in range(drawn)]
        return torch.cat([photos, torch.stack(rooms)]) if rooms else photos

    def sitters(self, h, w):
        """What is hidden by one portrait, sometimes by two, and was by them in every frame so far: N 1 h w."""
        first, second = self.sitter(h, w), self.sitter(h, w)
        return torch.maximum(first, second * self.chance(0.12, self.count, 1, 1, 1))

    def sitter(self, h, w):
        n = self.count
        shape = self.shapes[self.pick(PORTRAITS, n)][:, None]
        stand = self.stand(n, w / h, self.draw(0.55, 1.0, n), self.draw(1.0, 1.12, n))
        middle = self.draw(0.3, 0.7, n) * w / h
        stand["x"] = torch.where(self.chance(0.75, n), middle, stand["x"])
        sway = self.draw(0.02, 0.3, n) * ~self.chance(NOTHING_KNOWN, n)
        grow = self.pick(4, n)
        unknown = torch.ones(n, 1, h, w)
        for side in (-1, 0, 1):  # unknown is what was hidden at each place
            mask = (
                self.place(
                    shape, {**stand, "x": stand["x"] + side * sway, "tilt": stand["tilt"] + side * sway / 3}, h, w
                )
                > 0.05
            ).float()
            for i in range(1, 4):
                more = grow >= i
                mask[more] = F.max_pool2d(mask[more], 3, 1, 1)
            unknown = unknown * mask
        return unknown


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--cache", required=True)
    calls = Calls(a.parse_args().cache, "train", 0, 28, general=0)
    picture, unknown, truth = calls.call(72, 112)
    sheet = torch.cat([picture, push_pull(picture, 1 - unknown), truth], 3)[-24:]
    sheet = torch.cat([torch.cat(list(sheet[i::3]), 1) for i in range(3)], 2)
    cv2.imwrite("calls.png", (sheet.permute(1, 2, 0).numpy()[..., ::-1] * 255).astype(np.uint8))


if __name__ == "__main__":
    main()
