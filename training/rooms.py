"""Procedural rooms: a cuboid in perspective with skirting, door, window, pictures, a shelf and a desk. Long straight
lines that run through large holes, which photos of 256 pixels rarely have, and pictures that anybody may use.

  python rooms.py        writes rooms.png to look at
"""

import cv2
import numpy as np

SHIFT = 4  # fractional bits of a polygon's corners
WALLS = ("back", "left", "right")
FRONT = -3.0  # where the side walls end, behind the camera


def turn(angle, i, j):
    """Rotation 3 x 3 by radians, in the plane of axes i and j."""
    a = np.eye(3)
    a[i, i] = a[j, j] = np.cos(angle)
    a[i, j] = np.sin(angle)
    a[j, i] = -a[i, j]
    return a


class Room:
    """One room and the camera in it. Metres; x right, y down, z ahead; the camera stands at the origin."""

    def __init__(self, rng, height, width):
        self.rng, self.h, self.w = rng, height, width
        self.left, self.right = -rng.uniform(0.8, 3.5), rng.uniform(0.8, 3.5)
        self.top, self.bottom, self.back = -rng.uniform(0.9, 1.8), rng.uniform(0.7, 1.5), rng.uniform(1.5, 4.5)
        yaw, pitch, roll = rng.normal(0, (0.35, 0.12, 0.03))
        self.camera = turn(roll, 0, 1) @ turn(pitch, 1, 2) @ turn(yaw, 0, 2)
        self.focal = height * rng.uniform(0.7, 1.3)
        self.picture = np.zeros((height, width, 3), np.float32)
        self.light = rng.uniform(-0.5, 0.5, 3) / (3, 2, 4)  # how much brighter a surface grows for each metre

    def colour(self, low=20, high=235, grey=0.75):
        """A random colour, RGB 0..255, mostly near grey."""
        level = self.rng.uniform(low, high)
        return np.clip(level + self.rng.normal(0, 35, 3) * (1 if self.rng.random() > grey else 0.3), 0, 255)

    def project(self, points):
        """Points N 3 ahead of the camera -> pixels N 2."""
        p = points @ self.camera.T
        return p[:, :2] / p[:, 2:] * self.focal + (self.w / 2, self.h / 2)

    def polygon(self, corners, colour):
        """Paints a flat convex polygon, clipped where it comes too near to the camera, with light that changes along
        it."""
        corners = np.asarray(corners, float)
        clipped = []
        ahead = (corners @ self.camera.T)[:, 2] - 0.1
        for i in range(len(corners)):
            p, q, a, b = corners[i - 1], corners[i], ahead[i - 1], ahead[i]
            if a * b < 0:
                clipped.append(p + (q - p) * a / (a - b))
            if b >= 0:
                clipped.append(q)
        if len(clipped) < 3:
            return
        at = np.clip(self.project(np.array(clipped)), -4000, 4000)
        shade = 1 + (corners @ self.light).mean()
        mask = np.zeros((self.h, self.w), np.uint8)
        cv2.fillConvexPoly(mask, np.round(at * 2**SHIFT).astype(np.int32), 255, cv2.LINE_AA, SHIFT)
        y, x, h, w = (
            *np.maximum(at.min(0)[::-1].astype(int) - 1, 0),
            *np.maximum(np.ptp(at, 0)[::-1].astype(int) + 4, 0),
        )
        part, share = self.picture[y : y + h, x : x + w], mask[y : y + h, x : x + w, None] / np.float32(255)
        part += (np.float32(np.clip(np.asarray(colour) * shade, 0, 255)) - part) * share

    def on_wall(self, wall, u0, u1, v0, v1, out=0.0):
        """Corners of a rectangle on a wall: u along it in shares 0..1, v metres above the floor, `out` metres before
        it."""
        y0, y1 = self.bottom - v1, self.bottom - v0
        if wall == "back":
            x0, x1 = (self.left + u * (self.right - self.left) for u in (u0, u1))
            return [(x, y, self.back - out) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
        x = self.left + out if wall == "left" else self.right - out
        z0, z1 = (self.back - u * (self.back - FRONT) for u in (u0, u1))
        return [(x, y, z) for z, y in ((z0, y0), (z1, y0), (z1, y1), (z0, y1))]

    def box(self, x0, x1, y0, y1, z0, z1, colour):
        """A box whose top, sides and front may be seen."""
        dark = np.asarray(colour) * self.rng.uniform(0.6, 0.95)
        if y0 > 0:
            self.polygon([(x0, y0, z1), (x1, y0, z1), (x1, y0, z0), (x0, y0, z0)], colour)
        if x0 > 0:
            self.polygon([(x0, y0, z0), (x0, y0, z1), (x0, y1, z1), (x0, y1, z0)], dark)
        if x1 < 0:
            self.polygon([(x1, y0, z0), (x1, y0, z1), (x1, y1, z1), (x1, y1, z0)], dark)
        self.polygon([(x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)], dark * self.rng.uniform(0.8, 1.1))

    def length(self, wall):
        return self.right - self.left if wall == "back" else self.back - FRONT

    def shell(self):
        """Walls, floor, ceiling, skirting, floor boards, a dado or stripes of wallpaper."""
        left, right, top, bottom, back, chance = (
            self.left,
            self.right,
            self.top,
            self.bottom,
            self.back,
            self.rng.random,
        )
        wall, floor = self.colour(90), self.colour(30, 200)
        self.polygon(
            [(left, top, FRONT), (right, top, FRONT), (right, top, back), (left, top, back)], self.colour(180, 250, 0.9)
        )
        self.polygon(
            [(left, bottom, FRONT), (right, bottom, FRONT), (right, bottom, back), (left, bottom, back)], floor
        )
        if chance() < 0.4:  # boards
            for x in np.arange(left, right, self.rng.uniform(0.12, 0.5)):
                self.polygon(
                    [(x, bottom, FRONT), (x + 0.015, bottom, FRONT), (x + 0.015, bottom, back), (x, bottom, back)],
                    floor * 0.75,
                )
        if chance() < 0.3:  # a rug
            x, z = np.sort(self.rng.uniform(left, right, 2)), np.sort(self.rng.uniform(0.3, back, 2))
            self.polygon(
                [(x[0], bottom, z[0]), (x[1], bottom, z[0]), (x[1], bottom, z[1]), (x[0], bottom, z[1])], self.colour()
            )
        high = bottom - top
        dado, stripes = chance() < 0.2, chance() < 0.12
        skirting, lower, stripe = self.colour(60, 250), self.colour(60), wall * self.rng.uniform(0.8, 0.95)
        for name in WALLS:
            tone = np.clip(wall * self.rng.uniform(0.75, 1.1), 0, 255)
            self.polygon(self.on_wall(name, 0, 1, 0, high), tone)
            if stripes:
                step = self.rng.uniform(0.1, 0.3) / self.length(name)
                for u in np.arange(0, 1, step):
                    self.polygon(self.on_wall(name, u, u + step / 2, 0, high), stripe)
            if dado:
                self.polygon(self.on_wall(name, 0, 1, 0, 1.0), lower)
            if chance() < 0.8:
                self.polygon(self.on_wall(name, 0, 1, 0, 0.1), skirting)

    def rectangle(self, wall, wide, low, high):
        """A place of `wide` metres on a wall -> u0, u1, v0, v1 for `on_wall`."""
        share = min(0.9, wide / self.length(wall))
        u = self.rng.uniform(0, 1 - share)
        return u, u + share, low, min(high, self.bottom - self.top)

    def framed(self, wall, place, frame, inside, width):
        """A rectangle with a frame of `width` metres round it."""
        u0, u1, v0, v1 = place
        du = width / self.length(wall)
        self.polygon(self.on_wall(wall, u0, u1, v0, v1), frame)
        self.polygon(self.on_wall(wall, u0 + du, u1 - du, v0 + width * (v0 > 0), v1 - width), inside)

    def door(self, wall):
        place, frame, leaf = self.rectangle(wall, 0.95, 0, 2.05), self.colour(60, 245), self.colour(40, 245)
        self.framed(wall, place, frame, leaf, 0.08)
        if self.rng.random() < 0.5:  # panels
            u0, u1, *_ = place
            for low, high in ((0.2, 0.9), (1.05, 1.85)):
                self.framed(
                    wall, (u0 + 0.2 * (u1 - u0), u1 - 0.2 * (u1 - u0), low, high), leaf * 0.85, leaf * 0.97, 0.03
                )

    def window(self, wall):
        place, frame = (
            self.rectangle(wall, self.rng.uniform(0.7, 2), self.rng.uniform(0.6, 1), self.rng.uniform(1.6, 2.3)),
            self.colour(150, 250),
        )
        self.framed(wall, place, frame, self.colour(150, 255), 0.06)
        u0, u1, v0, v1 = place
        for i in range(1, self.rng.integers(1, 4)):
            u = u0 + (u1 - u0) * i / 3
            self.polygon(self.on_wall(wall, u, u + 0.05 / self.length(wall), v0, v1), frame)
        if self.rng.random() < 0.35:  # curtains
            for a, b in ((u0 - 0.1, u0 + 0.15 * (u1 - u0)), (u1 - 0.15 * (u1 - u0), u1 + 0.1)):
                self.polygon(self.on_wall(wall, max(0, a), min(1, b), 0.1, v1 + 0.15, 0.05), self.colour())

    def poster(self, wall):
        low = self.rng.uniform(0.9, 1.5)
        self.framed(
            wall,
            self.rectangle(wall, self.rng.uniform(0.25, 1), low, low + self.rng.uniform(0.25, 0.8)),
            self.colour(),
            self.colour(),
            0.04,
        )

    def shelf(self, wall):
        u0, u1, v0, v1 = self.rectangle(
            wall, self.rng.uniform(0.6, 1.6), self.rng.choice([0, 0.9, 1.2]), self.rng.uniform(1.5, 2.2)
        )
        wood, deep = self.colour(40, 220), self.rng.uniform(0.1, 0.3)
        self.polygon(self.on_wall(wall, u0, u1, v0, v1, deep / 2), wood * 0.6)
        for v in np.arange(v0, v1, 0.34):
            at = u0
            while at < u1 - 0.02 and self.rng.random() < 0.95:
                wide = self.rng.uniform(0.02, 0.08) / self.length(wall)
                if self.rng.random() < 0.8:
                    self.polygon(
                        self.on_wall(wall, at, min(u1, at + wide), v, min(v1, v + self.rng.uniform(0.15, 0.3)), deep),
                        self.colour(grey=0.3),
                    )
                at += wide
        for v in np.arange(v0, v1 + 0.3, 0.34):
            self.polygon(self.on_wall(wall, u0, u1, min(v, v1), min(v, v1) + 0.025, deep), wood)
        for u in (u0, u1):
            self.polygon(self.on_wall(wall, u, u + 0.03 / self.length(wall), v0, v1, deep), wood)

    def furniture(self):
        """A desk, a sofa or a cupboard: boxes on the floor."""
        for _ in range(self.rng.integers(0, 3)):
            wide, deep, high = (
                self.rng.uniform(0.5, 2),
                self.rng.uniform(0.4, 0.8),
                self.rng.choice([0.45, 0.74, 1.1, 1.9]),
            )
            x, z, colour = (
                self.rng.uniform(self.left, self.right - wide / 2),
                self.rng.uniform(1, max(1.1, self.back - deep)),
                self.colour(20, 230),
            )
            if high == 0.74:  # a desk: a board on legs
                for leg in (x, x + wide - 0.05):
                    self.box(leg, leg + 0.05, self.bottom - high, self.bottom, z, z + 0.05, colour * 0.8)
                self.box(x, x + wide, self.bottom - high, self.bottom - high + 0.04, z, z + deep, colour)
            else:
                self.box(x, x + wide, self.bottom - high, self.bottom, z, z + deep, colour)

    def render(self):
        """-> RGB height x width x 3, uint8."""
        self.shell()
        things = [self.door, self.window, self.poster, self.poster, self.shelf]
        for i in self.rng.permutation(len(things))[: self.rng.integers(1, 5)]:
            things[i](self.rng.choice(WALLS, p=(0.6, 0.2, 0.2)))
        self.furniture()
        shade = cv2.resize(
            self.rng.normal(1, 0.07, (3, 4)).astype(np.float32), (self.w, self.h), interpolation=cv2.INTER_CUBIC
        )
        grain = cv2.resize(self.rng.normal(0, 4, (self.h // 2, self.w // 2)).astype(np.float32), (self.w, self.h))
        return np.clip(
            self.picture * shade[..., None] + grain[..., None] * self.rng.choice([0, 0.5, 1]), 0, 255
        ).astype(np.uint8)


def room(rng, height, width):
    """One random room, RGB height x width x 3, uint8; drawn at twice the size, which smooths its edges."""
    return cv2.resize(Room(rng, 2 * height, 2 * width).render(), (width, height), interpolation=cv2.INTER_AREA)


def main():
    rng = np.random.default_rng(0)
    rows = [np.concatenate([room(rng, 144, 224) for _ in range(5)], 1) for _ in range(6)]
    cv2.imwrite("rooms.png", np.concatenate(rows)[..., ::-1])


if __name__ == "__main__":
    main()
