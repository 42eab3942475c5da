"""Makes the evaluation set `seated`: somebody sits before the camera from the first frame to the last, sways, and never
leaves the chair.

  python seated.py ../../shared/train OUT [--clips 40] [--frames 40] [--seed 15]

OUT/<clip>/ frames/%05d.jpg, masks/%05d.png, truth/%05d.jpg, clip.json, as in the other sets. Photos of rooms-5.tar,
which nothing is trained on, stretched to 480x360; portrait silhouettes of silhouettes.tar that reach the lower edge.
The truth is exact: the same photo in the same light, without noise. The mask is the silhouette with a margin, as ours
have it. The same seed makes the same set. Every fourth clip is called `blind-`: it is for the last figure alone, never
to be looked at or scored while something is being tuned.
"""

import argparse
import json
import os
import tarfile

import cv2
import numpy as np

WIDTH, HEIGHT = 480, 360
MARGIN = 7  # pixels of the mask beyond the person
BLIND = 4  # one clip in so many


def pictures(tar, prefix="", flags=cv2.IMREAD_COLOR):
    """Names of a tar's pictures, in order, and a function that reads one."""
    archive = tarfile.open(tar)
    names = sorted(
        n for n in archive.getnames() if os.path.basename(n).startswith(prefix) and n.endswith((".jpg", ".png"))
    )
    return names, lambda name: cv2.imdecode(np.frombuffer(archive.extractfile(name).read(), np.uint8), flags)


class Sitter:
    """A silhouette and how it moves: from side to side about its seat, leaning as it goes."""

    def __init__(self, rng, shape):
        rows, columns = np.nonzero(shape > 127)
        self.shape = shape[rows.min() :, columns.min() : columns.max() + 1]
        self.scale = HEIGHT * rng.uniform(0.6, 0.92) / self.shape.shape[0]
        self.middle = WIDTH * rng.uniform(0.3, 0.7)
        self.reach = HEIGHT * np.exp(rng.uniform(np.log(0.004), np.log(0.05)))  # pixels to each side
        self.pace, self.phase, self.flip = rng.uniform(0.1, 0.5, 2), rng.uniform(0, 2 * np.pi, 2), rng.choice([-1, 1])
        self.skin, self.cloth = rng.uniform(60, 220, 3), rng.uniform(10, 245, 3)
        self.folds = cv2.resize(
            rng.normal(1, 0.15, (12, 9)).astype(np.float32), self.shape.shape[::-1], interpolation=cv2.INTER_CUBIC
        )

    def place(self, i):
        """Frame i -> what covers the room, H x W 0..1, and its colours H x W x 3."""
        side, bob = np.sin(self.pace * i + self.phase)
        lean = 0.6 * self.reach * side / HEIGHT
        h, w = self.shape.shape
        across, down = self.scale * self.flip, self.scale
        turn = np.array([[across * np.cos(lean), -down * np.sin(lean)], [across * np.sin(lean), down * np.cos(lean)]])
        foot = np.array([self.middle + self.reach * side, HEIGHT + 0.02 * HEIGHT + 0.2 * self.reach * bob])
        at = np.column_stack([turn, foot - turn @ (w / 2, h)])
        face = (np.arange(h) < 0.45 * h)[:, None, None]
        colours = np.where(face, self.skin, self.cloth).astype(np.float32) * self.folds[..., None]
        warp = lambda picture, border: cv2.warpAffine(
            picture, at, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=border
        )
        return warp(self.shape, cv2.BORDER_CONSTANT) / np.float32(255), warp(colours, cv2.BORDER_REPLICATE)


def make(folder, rng, photo, shape, frames, blind):
    for kind in ("frames", "masks", "truth"):
        os.makedirs(f"{folder}/{kind}", exist_ok=True)
    room = cv2.resize(photo, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    sitter, noise = Sitter(rng, shape), rng.uniform(0.7, 3)
    drift, pace, phase = (
        rng.uniform(0, 0.05) * rng.uniform(0.7, 1.3, 3),
        rng.uniform(0.03, 0.15),
        rng.uniform(0, 2 * np.pi),
    )
    margin = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * MARGIN + 1, 2 * MARGIN + 1))
    for i in range(frames):
        truth = room * (1 + drift * np.sin(pace * i + phase)).astype(np.float32)
        cover, colours = sitter.place(i)
        frame = truth + (colours - truth) * cover[..., None] + rng.normal(0, noise, truth.shape).astype(np.float32)
        mask = cv2.dilate((cover > 0.02).astype(np.uint8) * 255, margin)
        write = lambda kind, ext, picture, *how: cv2.imwrite(
            f"{folder}/{kind}/{i:05d}.{ext}", np.clip(np.round(picture), 0, 255).astype(np.uint8), how
        )
        write("frames", "jpg", frame, cv2.IMWRITE_JPEG_QUALITY, 95)
        write("truth", "jpg", truth, cv2.IMWRITE_JPEG_QUALITY, 98)
        write("masks", "png", mask)
    card = {
        "kind": "seated: a photo behind a silhouette that sways",
        "truth": "truth/: exact, in this frame's light, without noise",
        "blind": blind,
        "frames": frames,
    }
    with open(f"{folder}/clip.json", "w") as f:
        json.dump(card, f, indent=1)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("train")
    a.add_argument("out")
    a.add_argument("--clips", type=int, default=40)
    a.add_argument("--frames", type=int, default=40)
    a.add_argument("--seed", type=int, default=15)
    a = a.parse_args()
    rooms, room = pictures(f"{a.train}/rooms-5.tar")
    people, person = pictures(f"{a.train}/silhouettes.tar", "portrait-", cv2.IMREAD_GRAYSCALE)
    for k in range(a.clips):
        rng = np.random.default_rng([a.seed, k])
        blind = k % BLIND == BLIND - 1
        name = f"blind-{k // BLIND:02d}" if blind else f"tune-{k - k // BLIND:02d}"
        photo, shape = room(rooms[k * len(rooms) // a.clips]), person(people[rng.integers(len(people))])
        make(f"{a.out}/{name}", rng, photo, shape, a.frames, blind)


if __name__ == "__main__":
    main()
