"""Rooms, figures and silhouettes made by code alone: a cache as `data.build_cache` makes it, of pictures that anybody
may use. What is trained on it has no terms but the project's own.

  python generated.py --cache runs/generated      half an hour on one core; writes generated.png to look at

Rooms are those of `rooms.py`, with light that falls off and textures; one picture in five is of dead leaves: things of
all sizes that hide each other, which have the statistics of photos (Lee, Mumford and Huang 2001; Baradad et al. 2021
learn from them). Portraits: head, hair, neck, shoulders, at times arms and the back of a chair. Bodies stand.
"""

import argparse
import os

import cv2
import numpy as np

from data import BODIES, HELD_OUT_PEOPLE, PHOTO, PORTRAITS
from rooms import room
from scenes import EDGE

WIDE, HIGH = 341, 256  # a picture is drawn at 4:3 and squashed, as the photos were
LEAVES = 0.2  # share of pictures that are dead leaves
PEOPLE = 500
DRAWN = 4 * EDGE  # edge at which a silhouette is drawn
FIXED = 4  # fractional bits of a polygon's corners


def field(rng, height, width, cells):
    """A smooth random field of mean 0 and deviation 1."""
    small = rng.normal(size=(max(2, round(cells)), max(2, round(cells * width / height)))).astype(np.float32)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def texture(rng, height, width):
    """Clouds of a few octaves, stretched one way at times (wood, cloth): mean 0, deviation about 1."""
    stretch = rng.choice([1, 1, 4, 12])
    tall = rng.random() < 0.5
    h, w = (height, max(2, width // stretch)) if tall else (max(2, height // stretch), width)
    octaves = [field(rng, h, w, c) / (i + 1) for i, c in enumerate((4, 8, 16, 32, 64))]
    out = np.sum(octaves[rng.integers(0, 3) :], 0)
    return cv2.resize(out / (out.std() + 1e-6), (width, height), interpolation=cv2.INTER_LINEAR)


def lit(rng, picture):
    """A lamp's or a window's pool of light, a gradient, textured surfaces, the curve of a camera."""
    h, w = picture.shape[:2]
    y, x = np.mgrid[:h, :w].astype(np.float32) / h
    gain = np.ones((h, w), np.float32)
    for _ in range(rng.integers(0, 3)):
        far = (x - rng.uniform(-0.2, 1.5)) ** 2 / rng.uniform(0.1, 1) + (y - rng.uniform(-0.3, 1)) ** 2 / rng.uniform(
            0.1, 1
        )
        gain += rng.uniform(-0.3, 0.6) * np.exp(-far)
    gain *= 1 + rng.normal(0, 0.15) * (x - 0.6) + rng.normal(0, 0.15) * (y - 0.5)
    out = picture.astype(np.float32)
    if rng.random() < 0.6:  # each surface has its own texture: told apart by colour, as a cheap label
        label = (out.astype(np.int32) // 48 * (1, 7, 49)).sum(2) % 5
        for i in range(5):
            if rng.random() < 0.6:
                out += ((label == i) * texture(rng, h, w) * rng.uniform(1, 14))[..., None]
    out *= gain[..., None]
    return np.clip(255 * np.clip(out / 255, 0, 1) ** rng.uniform(0.8, 1.25), 0, 255).astype(np.uint8)


def leaves(rng, height, width):
    """Dead leaves: ellipses and boxes whose size follows a power law, each before those drawn sooner."""
    out = np.empty((height, width, 3), np.float32)
    out[:] = rng.uniform(20, 235, 3)
    grey, n = rng.uniform(0.2, 0.95), rng.integers(3, 12)
    palette = grey * rng.uniform(10, 245, (n, 1)) + (1 - grey) * rng.uniform(10, 245, (n, 3))
    least, most, upright = rng.uniform(4, 16), height * rng.uniform(0.25, 0.7), rng.random() < 0.7
    for _ in range(rng.integers(30, 250)):
        radius = (
            (least**-2 + rng.random() * (most**-2 - least**-2)) ** -0.5
            if rng.random() < 0.8
            else rng.uniform(least, most)
        )
        at = rng.uniform(0, 1, 2) * (width, height)
        size = radius * rng.uniform(0.4, 2.2, 2)
        angle = rng.normal(0, 4) if upright else rng.uniform(0, 180)
        colour = palette[rng.integers(len(palette))] + rng.normal(0, 12, 3)
        if rng.random() < 0.4:
            cv2.ellipse(
                out, (tuple(map(float, at)), tuple(map(float, size)), float(angle)), colour.tolist(), -1, cv2.LINE_AA
            )
        else:
            box = cv2.boxPoints((tuple(map(float, at)), tuple(map(float, size)), float(angle)))
            cv2.fillConvexPoly(out, np.round(box * 2**FIXED).astype(np.int32), colour.tolist(), cv2.LINE_AA, FIXED)
    return np.clip(out, 0, 255).astype(np.uint8)


def picture(rng):
    drawn = leaves(rng, HIGH, WIDE) if rng.random() < LEAVES else room(rng, HIGH, WIDE)
    return cv2.resize(lit(rng, drawn), (PHOTO, PHOTO), interpolation=cv2.INTER_AREA)


def smooth(points, n=96):
    """A closed smooth line through points N 2 (Catmull and Rom 1974)."""
    p = np.asarray(points, float)
    t = np.linspace(0, 1, n // len(p), endpoint=False)[:, None]
    a, b, c, d = (np.roll(p, k, 0)[:, None] for k in (1, 0, -1, -2))
    return (0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)).reshape(
        -1, 2
    )


class Figure:
    """Somebody's silhouette on a square, x to the right and y down in shares of it, standing on its lower edge."""

    def __init__(self, rng):
        self.rng, self.mask = rng, np.zeros((DRAWN, DRAWN), np.uint8)

    def fill(self, points):
        at = np.round(np.asarray(points) * DRAWN * 2**FIXED).astype(np.int32)
        cv2.fillPoly(self.mask, [at], 255, cv2.LINE_AA, FIXED)

    def round(self, x, y, wide, high, ragged):
        a = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        r = 1 + self.rng.normal(0, ragged, 12)
        self.fill(smooth(np.stack([x + wide / 2 * r * np.cos(a), y + high / 2 * r * np.sin(a)], 1)))

    def limb(self, points, thick):
        at = np.round(smooth([*points, *points[::-1]])[: 96 // 2] * DRAWN).astype(np.int32)
        cv2.polylines(self.mask, [at], False, 255, max(2, round(thick * DRAWN)), cv2.LINE_AA)

    def head(self, x, y, high):
        draw = self.rng.uniform
        self.round(x, y, high * draw(0.68, 0.85), high, 0.02)
        if self.rng.random() < 0.6:  # hair, a cap, headphones
            self.round(
                x + draw(-0.1, 0.1) * high,
                y - draw(0.05, 0.3) * high,
                high * draw(0.85, 1.25),
                high * draw(0.6, 1.1),
                0.06,
            )
        if self.rng.random() < 0.25:  # long hair
            self.round(x, y + 0.3 * high, high * draw(0.9, 1.2), high * draw(1.2, 1.7), 0.05)

    def portrait(self):
        draw, chance = self.rng.uniform, self.rng.random
        high, lean = draw(0.24, 0.55), self.rng.normal(0, 0.03)
        x, y = 0.5 + lean, high / 2 + draw(0.01, 0.08)
        chin, half = y + high / 2, high * draw(0.85, 1.35)
        shoulder = chin + high * draw(0.12, 0.35)
        if chance() < 0.2:  # the back of a chair
            wide = half * draw(1.4, 2.4)
            self.round(0.5, draw(0.6, 1.0), wide, draw(0.8, 1.4), 0.02)
        self.head(x, y, high)
        neck = high * draw(0.2, 0.32)
        left, right = half * draw(0.85, 1.15), half * draw(0.85, 1.15)
        rise = high * draw(0.1, 0.4)
        line = [
            (x - neck, chin - 0.2 * high),
            (x - neck, shoulder - rise * 0.3),
            (0.5 - left, shoulder + rise),
            (0.5 - left * draw(1, 1.3), 1.1),
            (0.5 + right * draw(1, 1.3), 1.1),
            (0.5 + right, shoulder + rise),
            (x + neck, shoulder - rise * 0.3),
            (x + neck, chin - 0.2 * high),
        ]
        self.fill(smooth(line))
        for side in (-1, 1):
            if chance() < 0.15:  # an arm that is raised, to the face or beside it
                at = 0.5 + side * half
                elbow = (at + side * draw(-0.05, 0.2), draw(0.75, 1.05))
                hand = (x + side * draw(0.1, 0.4), draw(y - 0.1, 0.8))
                self.limb([(at, shoulder + rise), elbow, hand], high * draw(0.2, 0.34))
                self.round(*hand, high * 0.35, high * 0.4, 0.1)
        return self

    def body(self):
        draw = self.rng.uniform
        high = draw(0.11, 0.16)
        x, hip, half = 0.5, draw(0.48, 0.58), high * draw(0.75, 1.15)
        top = high * 1.25
        self.head(x, high / 2 + 0.005, high)
        self.fill(smooth([(x - half, top), (x - half * 0.8, hip), (x + half * 0.8, hip), (x + half, top)]))
        self.limb([(x, high * 0.7), (x, top + 0.05), (x, hip)], high * 0.5)
        for side in (-1, 1):
            knee, foot = x + side * draw(0, 0.09), x + side * draw(0, 0.14)
            self.limb([(x + side * half * 0.4, hip - 0.02), (knee, 0.75), (foot, 0.98)], high * draw(0.5, 0.75))
            elbow, hand = x + side * (half + draw(0, 0.1)), x + side * (half + draw(-0.1, 0.2))
            self.limb(
                [(x + side * half * 0.9, top + 0.03), (elbow, draw(0.3, 0.42)), (hand, draw(0.2, 0.6))],
                high * draw(0.3, 0.45),
            )
        if self.rng.random() < 0.3:  # a skirt, a coat
            self.fill(
                smooth(
                    [
                        (x - half, hip - 0.1),
                        (x - half * draw(1, 1.8), draw(0.65, 0.95)),
                        (x + half * draw(1, 1.8), draw(0.65, 0.95)),
                        (x + half, hip - 0.1),
                    ]
                )
            )
        return self

    def shrunk(self):
        return cv2.resize(self.mask, (EDGE, EDGE), interpolation=cv2.INTER_AREA)


def person(rng, shape):
    """Colours for a silhouette, RGB EDGE x EDGE: clothes in bands with folds."""
    bands = np.repeat(rng.uniform(15, 230, (4, 1, 3)), rng.multinomial(EDGE, [0.2, 0.3, 0.3, 0.2]), 0)
    out = np.broadcast_to(bands, (EDGE, EDGE, 3)) + texture(rng, EDGE, EDGE)[..., None] * rng.uniform(3, 25)
    return (np.clip(out, 0, 255) * (shape[..., None] > 0)).astype(np.uint8)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--cache", default="runs/generated")
    a.add_argument("--pictures", type=int, default=8000)
    a.add_argument("--held-out", type=int, default=200)
    a.add_argument("--seed", type=int, default=0)
    a = a.parse_args()
    os.makedirs(a.cache, exist_ok=True)
    rng = np.random.default_rng(a.seed)
    shapes = [Figure(rng).portrait().shrunk() for _ in range(PORTRAITS)]
    shapes += [Figure(rng).body().shrunk() for _ in range(BODIES - PORTRAITS + PEOPLE)]
    shapes = np.stack(shapes)
    people = np.stack([person(rng, s) for s in shapes[BODIES:]])
    assert HELD_OUT_PEOPLE < len(people)
    np.savez(f"{a.cache}/small.npz", shapes=shapes, people=people)
    for name, n in (("val", a.held_out), ("train", a.pictures)):
        pictures = np.stack([picture(rng) for _ in range(n)])
        np.save(f"{a.cache}/photos-{name}.npy", pictures)
    top = np.concatenate([cv2.resize(p, (170, 128)) for p in pictures[:40]], 0).reshape(5, 8 * 128, 170, 3)
    sheet = np.concatenate(list(top), 1)
    figures = (
        np.concatenate(
            [
                *shapes[:12],
            ],
            0,
        ),
        np.concatenate([*shapes[PORTRAITS : PORTRAITS + 12]], 0),
    )
    side = np.repeat(np.concatenate(figures, 1)[..., None], 3, 2)
    high = min(len(sheet), len(side))
    cv2.imwrite("generated.png", np.concatenate([sheet[:high], side[:high]], 1)[..., ::-1])


if __name__ == "__main__":
    main()
