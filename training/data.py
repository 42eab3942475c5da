"""Synthetic static-camera clips from photos and silhouettes: what a removed person's hole looks like to the network.

  python data.py --train ../../shared/train --cache runs/cache      builds the caches; clips.png to look at

A clip: one photo, sometimes turned, seen by a camera that shakes a little or (rarely) pans, whose exposure and white
balance drift, with noise and compression. In some, people and things that belong to the scene stand, sway and move in
front of the photo, also behind the hole. The hole: silhouettes that stand, sway, walk through, leave and return, their
masks grown, some with a rim of the person left outside; or smooth blobs that drift over anything. The plate is kept as
the product keeps it: a running mean of visible pixels, read through a colour gain.
"""

import argparse
import math
import os
import tarfile

import cv2
import numpy as np
import torch

from pushpull import push_pull

PHOTO, SHAPE = 256, 320  # edge of a cached photo (aspect squashed) and of a cached silhouette
HELD_OUT = "rooms-5.tar"  # never trained on; validation reads only this one
PORTRAITS, BODIES = 1857, 2860  # cached silhouettes: portraits, then bodies, then the shapes of people.npy in its order
HELD_OUT_PEOPLE = 100  # the last of people.npy appear only in validation


def build_cache(train: str, cache: str) -> None:
    """Tars -> raw uint8 arrays: photos-train, photos-val (N 256 256 3, RGB), shapes (N 320 320, 0 or 255), people (N
    320 320 3). Once."""
    os.makedirs(cache, exist_ok=True)
    if os.path.exists(f"{cache}/done"):
        return

    def members(tar, ext):
        with tarfile.open(f"{train}/{tar}") as t:
            for m in t:
                if m.name.endswith(ext):
                    flag = cv2.IMREAD_GRAYSCALE if ext == "png" else cv2.IMREAD_COLOR_RGB
                    yield cv2.imdecode(np.frombuffer(t.extractfile(m).read(), np.uint8), flag)

    def square(a):  # scaled to SHAPE high, standing in the middle of the bottom edge
        out = np.zeros((SHAPE, SHAPE, *a.shape[2:]), np.uint8)
        w = min(SHAPE, round(a.shape[1] * SHAPE / a.shape[0]))
        out[:, (SHAPE - w) // 2 : (SHAPE - w) // 2 + w] = cv2.resize(a, (w, SHAPE), interpolation=cv2.INTER_AREA)
        return out

    rooms = sorted(n for n in os.listdir(train) if n.startswith("rooms-"))
    for name, tars in (("train", [r for r in rooms if r != HELD_OUT]), ("val", [HELD_OUT])):
        np.save(f"{cache}/photos-{name}.npy", np.stack([p for r in tars for p in members(r, "jpg")]))
    np.save(
        f"{cache}/shapes.npy",
        np.stack([square(m) for tar in ("silhouettes.tar", "people.tar") for m in members(tar, "png")]),
    )
    np.save(f"{cache}/people.npy", np.stack([square(p) for p in members("people.tar", "jpg")]))
    open(f"{cache}/done", "w").close()


def blob(rng) -> np.ndarray:
    """A smooth blob with a ragged outline, 320 x 320."""
    n = rng.normal(size=(5, 5)).astype(np.float32)
    n[0] = n[-1] = n[:, 0] = n[:, -1] = -1.5
    return (cv2.resize(n, (SHAPE, SHAPE), interpolation=cv2.INTER_CUBIC) > -0.3).astype(np.uint8) * 255


class Walker:
    """One outline and where it stands in each of n frames. Units of the frame's height; x 0..aspect.
    kind: a silhouette as `body` or `portrait`, standing on or below the lower edge, or a `blob` anywhere."""

    def __init__(self, rng, shapes, n, aspect, kind, scale):
        if kind == "blob":
            self.shape, size, foot = blob(rng), rng.uniform(0.25, 0.9), rng.uniform(0.3, 1.2)
        elif kind == "portrait":
            self.shape, size, foot = shapes[rng.integers(0, PORTRAITS)], rng.uniform(0.5, 1.0), rng.uniform(0.98, 1.1)
        else:
            self.shape, size, foot = (
                shapes[rng.integers(PORTRAITS, len(shapes))],
                rng.uniform(0.5, 1.25),
                rng.uniform(0.85, 1.25),
            )
        size *= scale
        x0, stay = rng.uniform(0.05, 0.95) * aspect, rng.random()
        t = np.arange(n)
        sway = rng.uniform(0, 0.02) * np.sin(t * rng.uniform(0.3, 1.5) + rng.uniform(0, 6))
        if stay < 0.5:
            x = x0 + sway
        elif stay < 0.8:
            x = x0 + rng.uniform(-0.12, 0.12) * (t - rng.uniform(0, n)) + sway
        else:  # out of the picture for a while, then back to where it was
            away = np.clip(np.abs(t - rng.uniform(0, n)) - rng.uniform(0.5, n / 2), 0, 1)
            x = x0 + sway + (1 - away) * rng.choice([-2, 2])
        drift = rng.uniform(-0.05, 0.05) * t if kind == "blob" else 0  # blobs also rise and sink
        self.x, self.y, self.size = x, foot + drift + rng.normal(0, 0.004, n), size * (1 + rng.normal(0, 0.006, n))
        self.tilt, self.flip, self.stretch = rng.normal(0, 0.03) + sway, rng.choice([-1, 1]), rng.uniform(0.85, 1.3)

    def place(self, i, h, w, picture, interpolation):
        """`picture` (320 x 320) as it stands in frame i of h x w pixels."""
        s = self.size[i] * h / SHAPE
        c, d = math.cos(self.tilt[i]), math.sin(self.tilt[i])
        a = np.array([[s * c * self.flip * self.stretch, -s * d], [s * d * self.flip * self.stretch, s * c]])
        at = np.array([self.x[i] * h, self.y[i] * h]) - a @ np.array([SHAPE / 2, SHAPE])
        return cv2.warpAffine(picture, np.column_stack([a, at]), (w, h), flags=interpolation)


def disc(r: float) -> np.ndarray:
    k = max(1, 2 * round(r) + 1)
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (k, k))


class Clips(torch.utils.data.IterableDataset):
    """Batches of clips: dict of B x T x C x H x W float tensors frame, hole, plate, known, truth (RGB and masks, 0..1).

    `sizes`, `frames`: one (width, height) and one length are drawn for each batch; `batch` clips of the first, as many
    pixels of the others. Endless, or `limit` batches over the photos in order."""

    def __init__(self, cache, split, sizes, frames, batch, seed=0, rank=0, limit=None):
        self.cache, self.split, self.sizes, self.frames, self.batch, self.seed, self.rank, self.limit = (
            cache,
            split,
            sizes,
            frames,
            batch,
            seed,
            rank,
            limit,
        )

    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        cv2.setNumThreads(0)
        torch.set_num_threads(1)
        self.photos = np.load(f"{self.cache}/photos-{self.split}.npy", mmap_mode="r")
        self.shapes = np.load(f"{self.cache}/shapes.npy", mmap_mode="r")
        self.people = np.load(f"{self.cache}/people.npy", mmap_mode="r")
        worker = info.id if info else 0
        # all ranks draw the same sizes
        rng, same = np.random.default_rng([self.seed, worker, self.rank]), np.random.default_rng([self.seed, worker])
        w0, h0 = self.sizes[0]
        done = 0
        while self.limit is None or done < self.limit:
            self.w, self.h = self.sizes[same.integers(len(self.sizes))]
            self.t = self.frames[same.integers(len(self.frames))]
            n = max(1, round(self.batch * w0 * h0 * self.frames[0] / (self.w * self.h * self.t)))
            clips = [self.clip(rng, done * n + i if self.limit else rng.integers(len(self.photos))) for i in range(n)]
            yield {k: torch.stack([c[k] for c in clips]) for k in clips[0]}
            done += 1

    def camera(self, rng, photo, n):
        """frame number -> the photo as that frame sees it, h x w x 3. The photo was squashed from about 4:3: undone by
        the crop's shape."""
        h, w = self.h, self.w
        if rng.random() < 0.15:  # lying on its side: not every scene is made of walls and floors
            photo = np.rot90(photo, rng.choice([1, 3]))
        photo = np.ascontiguousarray(photo[:, ::-1] if rng.random() < 0.5 else photo)
        zoom = rng.uniform(0.5, 1)
        cw, ch = PHOTO * zoom, min(PHOTO, PHOTO * 4 / 3 * zoom * h / w)
        x0, y0 = rng.uniform(0, PHOTO - cw), rng.uniform(0, PHOTO - ch)
        shake = rng.normal(0, rng.choice([0, 0, 0.4]), (n, 2))
        if pan := rng.random() < 0.1:
            shake += np.arange(n)[:, None] * rng.uniform(-0.03, 0.03, 2) * h
        turn = math.radians(rng.uniform(-45, 45)) if rng.random() < 0.15 else 0
        # warpAffine does not filter: shrink with area averages instead, shake is then left out
        if cw > w and not pan and not turn:
            still = cv2.resize(
                photo[round(y0) : round(y0 + ch), round(x0) : round(x0 + cw)], (w, h), interpolation=cv2.INTER_AREA
            )
            return lambda i: still
        if cw > w:
            photo = cv2.GaussianBlur(photo, (0, 0), 0.5 * cw / w)
        a = np.array([[w / cw, 0], [0, h / ch]])
        a = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]) @ a
        at = np.array([w / 2, h / 2]) - a @ np.array([x0 + cw / 2, y0 + ch / 2])
        return lambda i: cv2.warpAffine(
            photo, np.column_stack([a, at + shake[i]]), (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )

    def actors(self, rng, n):
        """What belongs to the scene and moves: pairs of a Walker and its picture. People, whole or from the waist up,
        and pieces of other photos."""
        out = []
        for _ in range(rng.choice([1, 2, 3], p=[0.5, 0.3, 0.2])):
            if rng.random() < 0.7:
                first, last = (
                    (0, len(self.people) - HELD_OUT_PEOPLE)
                    if self.split == "train"
                    else (len(self.people) - HELD_OUT_PEOPLE, len(self.people))
                )
                who = rng.integers(first, last)
                one, look = Walker(rng, self.shapes, n, self.w / self.h, "body", 1), self.people[who]
                one.shape = self.shapes[BODIES + who]
                if rng.random() < 0.6:  # near the camera
                    one.size, one.y = one.size * 1.8, one.y + rng.uniform(0.5, 1)
            else:
                one = Walker(rng, self.shapes, n, self.w / self.h, "blob", rng.uniform(0.3, 0.8))
                look = cv2.resize(self.photos[rng.integers(len(self.photos))], (SHAPE, SHAPE))
            out.append((one, look))
        return out

    def clip(self, rng, index):
        """One clip with something to paint in its last frame."""
        while True:
            clip = self.draw(rng, index)
            if (clip["hole"][-1] * (1 - clip["known"][-1])).mean() > 0.01:
                return clip

    def draw(self, rng, index):
        h, w, t = self.h, self.w, self.t
        past = int(rng.choice([0, 0, 0, 2, 6]))  # frames before the clip, of which only the plate remains
        n = past + t
        view = self.camera(rng, self.photos[index], n)
        time = np.arange(n)[:, None]
        light = 1 + rng.uniform(0, 0.06, 3) * np.sin(time * rng.uniform(0.1, 1, 3) + rng.uniform(0, 6, 3)) * rng.choice(
            [0, 0.3, 1]
        )
        offset = rng.uniform(0, 6) * np.sin(time * rng.uniform(0.1, 1) + rng.uniform(0, 6)) * rng.choice([0, 0.3, 1])
        noise, quality = rng.choice([0, 1, 2, 4]), rng.choice([0, 60, 80, 92])
        actors = self.actors(rng, n) if rng.random() < 0.45 else []
        # holes that have nothing to do with what is there, as when an object is removed
        blobs = rng.random() < (0.65 if actors else 0.25)
        kinds = (
            ["blob"] * rng.choice([1, 2])
            if blobs
            else rng.choice(["body", "portrait", "blob"], rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1]), p=[0.65, 0.25, 0.1])
        )
        walkers = [
            Walker(rng, self.shapes, n, w / h, kind, rng.uniform(0.8, 1.5) if blobs else 0.8 if i else 1.2)
            for i, kind in enumerate(kinds)
        ]
        if blobs and actors and rng.random() < 0.7:  # over one of those who move
            who = actors[0][0]
            walkers[0].x, walkers[0].y = (
                walkers[0].x + who.x[0] - walkers[0].x[0] + rng.normal(0, 0.2),
                walkers[0].y + who.y[0] - walkers[0].y[0] - rng.uniform(-0.3, 0.6) * who.size[0],
            )
        exact = blobs and rng.random() < 0.7  # nothing of what is removed outside its mask
        dress = [
            None
            if exact
            else self.people[rng.integers(len(self.people))]
            if rng.random() < 0.5
            else rng.integers(0, 255, 3)
            for _ in walkers
        ]
        grow, rim = 0 if exact else rng.uniform(0.005, 0.04) * h, rng.random() < 0.15
        out = {k: [] for k in ("frame", "hole", "plate", "known", "truth")}
        plate, known = np.zeros((h, w, 3), np.float32), np.zeros((h, w), bool)
        for i in range(n):
            scene = view(i).astype(np.float32)
            for one, look in actors:
                scene += (one.place(i, h, w, look, cv2.INTER_LINEAR) - scene) * (
                    one.place(i, h, w, one.shape, cv2.INTER_LINEAR)[..., None] / np.float32(255)
                )
            truth = np.clip(scene * light[i].astype(np.float32) + np.float32(offset[i]), 0, 255)
            frame, hole = truth.copy(), np.zeros((h, w), np.uint8)
            for one, look in zip(walkers, dress):
                m = one.place(i, h, w, one.shape, cv2.INTER_LINEAR)
                if look is not None:
                    frame = np.where(
                        m[..., None] > 127,
                        one.place(i, h, w, look, cv2.INTER_LINEAR) if look.ndim == 3 else look,
                        frame,
                    )
                hole |= cv2.dilate(m, disc(0 if rim and rng.random() < 0.5 else grow))
            hole = hole > 127
            if rng.random() < 0.1:  # a mask that fails in one place for one frame
                y, x = rng.integers(h), rng.integers(w)
                hole[y : y + h // 8, x : x + w // 8] ^= rng.random() < 0.5
            if hole.mean() > 0.75:
                hole[:, : w // 3] = False
            if noise:
                frame = frame + rng.standard_normal((h, w, 3), np.float32) * noise
            frame = np.clip(frame, 0, 255).astype(np.uint8)
            if quality:
                frame = cv2.imdecode(
                    cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1], cv2.IMREAD_COLOR
                )
            both = known & ~hole
            if i >= past:
                f, p = frame[both].astype(np.float32), plate[both]
                gain = (f * p).sum(0) / np.maximum((p * p).sum(0), 1) if both.sum() > 200 else np.ones(3)
                (
                    out["plate"].append(np.clip(plate * gain, 0, 255) * known[..., None]),
                    out["known"].append(known[..., None].copy()),
                )
                out["frame"].append(frame), out["hole"].append(hole[..., None]), out["truth"].append(truth)
            new = ~known & ~hole
            plate[new] = frame[new]
            plate[both] += (frame[both] - plate[both]) / 16
            known = known | ~hole
        stack = lambda k: (
            torch.from_numpy(np.stack(out[k]).transpose(0, 3, 1, 2).astype(np.float32))
            / (1 if k in ("hole", "known") else 255)
        )
        return {k: stack(k) for k in out}


def fill_of(frame, hole, plate, known):
    """The network's starting point: push-pull over the frame completed by the plate. N x C x H x W each, RGB 0..1."""
    sure = hole * known
    return push_pull(frame * (1 - hole) + plate * sure, 1 - hole * (1 - known))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--train", default="../../shared/train")
    a.add_argument("--cache", required=True)
    a = a.parse_args()
    build_cache(a.train, a.cache)
    rows = []
    for batch in Clips(a.cache, "train", [(320, 192)], [3], 1, seed=1, limit=12):
        clip = {k: v[0] for k, v in batch.items()}
        fill = fill_of(clip["frame"], clip["hole"], clip["plate"], clip["known"])
        shown = clip["frame"] * (1 - clip["hole"] * 0.7)
        rows.append(
            torch.cat([torch.cat([shown[i], clip["plate"][i], fill[i], clip["truth"][i]], 2) for i in (0, 2)], 2)
        )
    sheet = torch.cat(rows, 1).permute(1, 2, 0).numpy()[..., ::-1] * 255
    cv2.imwrite("clips.png", sheet.astype(np.uint8))


if __name__ == "__main__":
    main()
