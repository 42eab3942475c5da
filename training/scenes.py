"""Single frames with a hole, made in batches at a small size with torch: ten times as many an hour as `data.py` makes
clips, for what only needs to be seen broadly (mix.py). The same photos, people and silhouettes, and the same kinds of
holes.

  python scenes.py --cache runs/cache      writes scenes.png to look at: masked, fill, truth, never seen
"""

import argparse
import os

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from data import BODIES, HELD_OUT_PEOPLE, PORTRAITS, blob, fill_of

EDGE = 80  # edge of a silhouette and of a person


def small_shapes(cache):
    """Silhouettes N 80 80 and people M 3 80 80, uint8, from the cache's larger ones. Made once."""
    file = f"{cache}/small.npz"
    if not os.path.exists(file):
        shrink = lambda name: np.stack(
            [
                cv2.resize(a, (EDGE, EDGE), interpolation=cv2.INTER_AREA)
                for a in np.load(f"{cache}/{name}.npy", mmap_mode="r")
            ]
        )
        np.savez(file, shapes=shrink("shapes"), people=shrink("people"))
    z = np.load(file)
    return torch.from_numpy(z["shapes"]), torch.from_numpy(z["people"]).permute(0, 3, 1, 2)


class Scenes:
    """`batch(height, width)`: dict of N x C x H x W tensors frame, hole, plate, known, truth as `data.Clips` makes
    them, for one frame each; N is `count` less those that came out without anything to paint."""

    def __init__(self, cache, split, seed, count):
        # N 3 256 256
        self.photos = torch.from_numpy(np.load(f"{cache}/photos-{split}.npy", mmap_mode="c")).permute(0, 3, 1, 2)
        self.shapes, self.people = small_shapes(cache)
        n = len(self.people)
        self.who = (0, n - HELD_OUT_PEOPLE) if split == "train" else (n - HELD_OUT_PEOPLE, n)
        self.dice, self.rng, self.count = torch.Generator().manual_seed(seed), np.random.default_rng(seed), count

    def draw(self, low, high, *shape):
        return torch.rand(shape, generator=self.dice) * (high - low) + low

    def chance(self, p, *shape):
        return self.draw(0, 1, *shape) < p

    def pick(self, n, *shape):
        return torch.randint(n, shape, generator=self.dice)

    def sign(self, n):
        return torch.where(self.chance(0.5, n), -1.0, 1.0)

    def batch(self, h, w):
        truth = self.actors(self.photo(self.count, h, w))
        frame, hole, before = truth.clone(), torch.zeros(self.count, 1, h, w), torch.zeros(self.count, 1, h, w)
        for i, p in enumerate((1, 0.4, 0.1)):
            on = self.chance(p, self.count).nonzero()[:, 0]
            if len(on):
                frame[on], hole[on], before[on] = self.removed(frame[on], hole[on], before[on], 1.2 if i == 0 else 0.8)
        known = (1 - before) * self.chance(0.4, self.count, 1, 1, 1)  # what the camera saw before, where it did
        noise = torch.tensor([0, 1, 2, 3.0])[self.pick(4, self.count, 1, 1, 1)] / 255
        frame = (frame + torch.randn(frame.shape, generator=self.dice) * noise).clamp(0, 1)
        fit = ((hole * (1 - known)).mean((1, 2, 3)) > 0.01) & (hole.mean((1, 2, 3)) < 0.75)
        return {k: v[fit] for k, v in dict(frame=frame, hole=hole, plate=truth, known=known, truth=truth).items()}

    def photo(self, n, h, w, aspect=None):
        """Pieces of photos, mirrored, some lying on their side or turned, in another light. The photos were squashed
        from about 4:3. `aspect`: width over height of what is seen, where it is squashed to w x h."""
        zoom = self.draw(0.5, 1, n)
        cw, ch = zoom, (4 / 3 * zoom / (aspect or w / h)).clamp(max=1)
        x, y = self.draw(0, 1, n) * (1 - cw), self.draw(0, 1, n) * (1 - ch)
        turn = torch.where(self.chance(0.15, n), self.draw(-0.78, 0.78, n), torch.zeros(n))
        c, s = torch.cos(turn), torch.sin(turn)
        mirror = self.sign(n)
        at = torch.stack(
            [
                torch.stack([cw * c * mirror, cw * s, 2 * x + cw - 1], 1),
                torch.stack([-ch * s * mirror, ch * c, 2 * y + ch - 1], 1),
            ],
            1,
        )
        side = self.chance(0.15, n)
        at[side] = at[side].flip(1)
        grid = F.affine_grid(at, (n, 3, 2 * h, 2 * w), align_corners=False)
        y = F.avg_pool2d(
            F.grid_sample(
                self.photos[self.pick(len(self.photos), n)].float() / 255,
                grid,
                align_corners=False,
                padding_mode="reflection",
            ),
            2,
        )
        gain, gamma = (
            self.draw(0.85, 1.15, n, 3, 1, 1) * self.draw(0.8, 1.2, n, 1, 1, 1),
            self.draw(0.75, 1.3, n, 1, 1, 1),
        )
        return (y.clamp(1e-4, 1) ** gamma * gain).clamp(0, 1)

    def actors(self, scene):
        """People who belong to the scene, in nearly half of the pictures."""
        _, _, h, w = scene.shape
        for p in (0.45, 0.2):
            on = self.chance(p, self.count).nonzero()[:, 0]
            n = len(on)
            if not n:
                continue
            near = self.chance(0.6, n)  # from the waist up
            size, foot = (
                self.draw(0.5, 1.25, n) * torch.where(near, 1.8, 1.0),
                self.draw(0.85, 1.25, n) + self.draw(0.5, 1, n) * near,
            )
            who = self.pick(self.who[1] - self.who[0], n) + self.who[0]
            picture = torch.cat([self.people[who], self.shapes[BODIES + who][:, None]], 1)
            rgb, there = self.place(picture, self.stand(n, w / h, size, foot), h, w).split((3, 1), 1)
            scene[on] += (rgb - scene[on]) * there
        return scene

    def removed(self, frame, hole, before, scale):
        """Somebody or something to be taken out, who may have stood a little beside before -> frame, hole and the hole
        of before."""
        n, _, h, w = frame.shape
        kind = torch.multinomial(torch.tensor([0.5, 0.2, 0.3]), n, True, generator=self.dice)  # body, portrait, blob
        body, portrait = (
            self.shapes[self.pick(len(self.shapes) - PORTRAITS, n) + PORTRAITS],
            self.shapes[self.pick(PORTRAITS, n)],
        )
        blobs = torch.from_numpy(
            np.stack([cv2.resize(blob(self.rng), (EDGE, EDGE), interpolation=cv2.INTER_AREA) for _ in range(n)])
        )
        by_kind = lambda *each: torch.stack(each, 1)[torch.arange(n), kind]
        shape = by_kind(body, portrait, blobs)[:, None]
        size = by_kind(self.draw(0.5, 1.25, n), self.draw(0.5, 1, n), self.draw(0.25, 0.9, n)) * scale
        foot = by_kind(self.draw(0.85, 1.25, n), self.draw(0.98, 1.1, n), self.draw(0.3, 1.2, n))
        stand = self.stand(n, w / h, size, foot)
        mask = self.place(shape, stand, h, w)
        past = self.place(shape, {**stand, "x": stand["x"] + self.draw(-0.35, 0.35, n) * self.chance(0.7, n)}, h, w)
        who = self.place(self.people[self.pick(len(self.people), n)], stand, h, w)
        look = torch.where(self.chance(0.5, n, 1, 1, 1), who, self.draw(0, 1, n, 3, 1, 1).expand_as(who))
        frame = frame + (look - frame) * mask * self.chance(0.6, n, 1, 1, 1)
        inside, past = (mask > 0.5).float(), (past > 0.5).float()
        tight, grow = self.chance(0.12, n), self.pick(3, n)  # a tight mask leaves a rim of the person outside
        for i in (1, 2):
            more = (grow >= i) & ~tight
            inside[more], past[more] = F.max_pool2d(inside[more], 3, 1, 1), F.max_pool2d(past[more], 3, 1, 1)
        inside[~tight] = torch.maximum(inside[~tight], (mask[~tight] > 0.02).float())
        return frame, torch.maximum(hole, inside), torch.maximum(before, past)

    def stand(self, n, aspect, size, foot):
        """Where figures stand: units of the frame's height, radians."""
        return dict(
            x=self.draw(0.03, 0.97, n) * aspect,
            y=foot,
            size=size,
            stretch=self.draw(0.85, 1.3, n),
            flip=self.sign(n),
            tilt=self.draw(-0.06, 0.06, n),
        )

    @staticmethod
    def place(pictures, stand, h, w):
        """pictures N C 80 80 (0..255) with the middle of their lower edge where they stand -> N C h w (0..1), zero
        outside."""
        n, aspect, c, s = len(pictures), w / h, torch.cos(stand["tilt"]), torch.sin(stand["tilt"])
        across, down = 2 / (stand["size"] * stand["stretch"]) * stand["flip"], 2 / stand["size"]
        dx, dy = aspect / 2 - stand["x"], 0.5 - stand["y"]
        at = torch.stack(
            [
                torch.stack([across * c * aspect / 2, across * s / 2, across * (c * dx + s * dy)], 1),
                torch.stack([-down * s * aspect / 2, down * c / 2, down * (c * dy - s * dx) + 1], 1),
            ],
            1,
        )
        return F.grid_sample(
            pictures.float() / 255, F.affine_grid(at, (n, 1, h, w), align_corners=False), align_corners=False
        )


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--cache", required=True)
    scene = Scenes(a.parse_args().cache, "train", 0, 16).batch(72, 96)
    fill = fill_of(**{k: v for k, v in scene.items() if k != "truth"})
    never = scene["hole"] * (1 - scene["known"])
    sheet = torch.cat([scene["frame"] * (1 - 0.7 * scene["hole"]), fill, scene["truth"], never.expand_as(fill)], 3)[:12]
    cv2.imwrite("scenes.png", (torch.cat(list(sheet), 1).permute(1, 2, 0).numpy()[..., ::-1] * 255).astype(np.uint8))


if __name__ == "__main__":
    main()
