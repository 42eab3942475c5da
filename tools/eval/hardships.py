"""What real rooms do to a camera picture, made from clean clips, and how the product stands it.

python hardships.py CLIP JOB KIND [ARGUMENT...]
    makes the frames as KIND leaves them, the same in every run, gives them to the product and prints one line of JSON:
    see `Score`. JOB is JSON: `product`, the command that takes frames (tools/eval/raw-frames.ts); `assets`; `fps`;
    `masks`: true where the product is given the clip's own masks; `pictures`: a folder for the frames in which somebody
    shows; `holes`: a file for the holes of the clip as it is.

CLIP is a folder of `shared/eval`. The `walkers` have the person proper, the empty room and the true masks. Of other
clips the reference is the hole of the clip as it is, which the product makes first: the hardship is not to change it.

Kinds: plain | nudge DX DY FRAME (the camera is pushed once) | shake PIXELS HERTZ (one second in two) | dark GAIN
SIGMA | backlit ROOM PERSON (gains, clipped) | bands SHARE (lamps that flicker against a rolling shutter) | crop WIDTH
LEFT | late FRAMES (the given masks lack the top fifth at first) | lost POSE (somebody comes in or sits there, then lies
or hides and keeps still) | poster (a picture of somebody hangs on the wall).
"""

import glob
import json
import os
import subprocess
import sys

import cv2
import numpy as np

FPS = 25


class Clip:
    """A clip of `shared/eval`, read frame by frame."""

    def __init__(self, folder, holes=None):
        self.folder = folder
        self.count = len(glob.glob(f"{folder}/frames/*.jpg"))
        self.holes = holes

    def frame(self, i):
        return cv2.imread(f"{self.folder}/frames/{i:05d}.jpg")

    def truth(self, i):
        return cv2.imread(f"{self.folder}/truth/{i:05d}.jpg")

    def mask(self, kind, i):
        if self.holes is None:
            return cv2.imread(f"{self.folder}/{kind}/{i:05d}.png", 0)
        # Without the safety rim of a hole there is somebody for sure.
        rim = 2 * int(0.02 * np.hypot(*self.holes[i].shape)) + 1
        return self.holes[i] if kind == "masks" else cv2.erode(self.holes[i], np.ones((rim, rim)))

    def all(self, i):
        truth = {} if self.holes is not None else {"truth": self.truth(i)}
        return {"frames": self.frame(i), "core": self.mask("core", i), "masks": self.mask("masks", i), **truth}


def shifted(image, dx, dy):
    border = cv2.BORDER_CONSTANT if image.ndim == 2 else cv2.BORDER_REFLECT
    return cv2.warpAffine(
        image, np.float32([[1, 0, dx], [0, 1, dy]]), image.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=border
    )


def each(clip, change):
    for i in range(clip.count):
        yield change(i, clip.all(i))


def bytes_of(image):
    return np.clip(image, 0, 255).astype(np.uint8)


def lit(shot, change):
    """Light does the same to the frame and to the room that is behind the person."""
    return {**shot, **{k: bytes_of(change(shot[k])) for k in ("frames", "truth") if k in shot}}


def plain(clip):
    yield from each(clip, lambda i, shot: shot)


def nudge(clip, dx, dy, at):
    """Up to the last frame with somebody in the middle, then there and back again, so that they stay for seconds
    afterwards."""
    at = int(at)
    last = min(clip.count - 1, 124)
    order = list(range(last + 1))
    turn = [*range(last - 1, at, -1), *range(at, last)]
    order += [turn[k % len(turn)] for k in range(60)]
    for n, i in enumerate(order):
        shot = clip.all(i)
        yield {k: shifted(v, dx, dy) for k, v in shot.items()} if n >= at else shot


def shake(clip, pixels, hertz):
    def change(i, shot):
        t = i / FPS
        if t % 2 < 1:
            return shot
        phase = 2 * np.pi * hertz * t
        dx, dy = pixels * np.sin(phase), pixels * 0.7 * np.sin(1.3 * phase + 1)
        return {k: shifted(v, dx, dy) for k, v in shot.items()}

    yield from each(clip, change)


def dark(clip, gain, sigma):
    rng = np.random.default_rng(7)
    yield from each(clip, lambda i, shot: lit(shot, lambda x: x * gain + rng.normal(0, sigma, x.shape)))


def backlit(clip, room, person):
    def change(i, shot):
        soft = cv2.GaussianBlur(shot["core"], (0, 0), 1.5)[..., None] / 255
        shot = {**shot, "frames": bytes_of(shot["frames"] * (room * (1 - soft) + person * soft))}
        return {**shot, "truth": bytes_of(shot["truth"] * room)} if "truth" in shot else shot

    yield from each(clip, change)


def bands(clip, share):
    def change(i, shot):
        rows = np.arange(len(shot["frames"])) / len(shot["frames"])
        gain = 1 + share * np.sin(2 * np.pi * (1.4 * rows + 0.19 * i))
        return lit(shot, lambda x: x * gain[:, None, None])

    yield from each(clip, change)


def crop(clip, width, left):
    width, left = int(width), int(left)
    yield from each(clip, lambda i, shot: {k: np.ascontiguousarray(v[:, left : left + width]) for k, v in shot.items()})


def late(clip, frames):
    def change(i, shot):
        shot["true"] = shot["masks"]
        if i < frames:
            rows = np.flatnonzero((shot["masks"] > 127).any(1))
            shot["masks"] = shot["masks"].copy()
            if len(rows):
                shot["masks"][: rows[0] + (rows[-1] - rows[0]) // 5] = 0
        return shot

    yield from each(clip, change)


def cut_out(clip, i):
    """Somebody of the clip and their matte, without what surrounds them."""
    frame, core = clip.frame(i), clip.mask("core", i)
    ys, xs = np.where(core > 127)
    box = np.s_[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    return frame[box].astype(np.float32), cv2.GaussianBlur(core[box], (0, 0), 1).astype(np.float32) / 255


def turned(figure, matte, degrees):
    h, w = matte.shape
    side = int(np.hypot(h, w)) + 2
    m = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1)
    m[:, 2] += side / 2 - np.array([w / 2, h / 2])
    return cv2.warpAffine(figure, m, (side, side), borderMode=cv2.BORDER_REPLICATE), cv2.warpAffine(
        matte, m, (side, side)
    )


def placed(room, figure, matte, x, y):
    """Frame and core with the figure's middle at (x, y), which may have fractions."""
    h, w = room.shape[:2]
    m = np.float32([[1, 0, x - matte.shape[1] / 2], [0, 1, y - matte.shape[0] / 2]])
    a = cv2.warpAffine(matte, m, (w, h))
    f = cv2.warpAffine(figure, m, (w, h), borderMode=cv2.BORDER_REPLICATE)
    return room * (1 - a[..., None]) + f * a[..., None], np.where(a > 0.5, 255, 0).astype(np.uint8)


def tinted(figure, colour):
    return 0.25 * figure + 0.75 * np.float32(colour)


def lost(clip, pose):
    """Five frames a second. Those who come in do so after 5 s, stand for 4 s, then go down; `-cold`: they are there
    from the first frame."""
    room = clip.truth(60).astype(np.float32)
    h, w = room.shape[:2]
    who = cut_out(clip, 80 if clip.count < 170 else 60)
    kind, _, start = pose.partition("-")
    lying = turned(*who, 90)
    still, at = {
        "lying": (lying, (0.5 * w, 0.76 * h)),
        "covered": ((tinted(lying[0], (120, 150, 185)), lying[1]), (0.5 * w, 0.76 * h)),
        "hooded": ((tinted(who[0], (150, 170, 190)), who[1]), (0.56 * w, 0.5 * h)),
    }[kind]
    rng = np.random.default_rng(3)
    enter, stand, down, rest = (0, 30, 5, 375) if start == "cold" else (15, 20, 5, 375)
    empty = 0 if start == "cold" else 25
    for i in range(empty + enter + stand + down + rest):
        core = np.zeros((h, w), np.uint8)
        k = i - empty
        if k < 0:
            frame = room
        elif k < enter:
            frame, core = placed(room, *who, w * (1 - 0.44 * k / enter), 0.5 * h + 4 * np.sin(2 * i))
        elif k < enter + stand:
            frame, core = placed(room, *who, 0.56 * w + 1.5 * np.sin(0.9 * i), 0.5 * h + np.cos(0.7 * i))
        elif k < enter + stand + down:
            t = (k - enter - stand + 1) / down
            middle = turned(*who, 90 * t) if kind != "hooded" else who
            frame, core = placed(room, *middle, 0.56 * w + t * (at[0] - 0.56 * w), 0.5 * h + t * (at[1] - 0.5 * h))
        else:
            frame, core = placed(room, *still, at[0] + 0.3 * np.sin(0.35 * i), at[1] + 0.3 * np.cos(0.27 * i))
        frame = bytes_of(frame + rng.normal(0, 2, frame.shape))
        yield {
            "frames": frame,
            "core": core,
            "truth": room.astype(np.uint8),
            "masks": cv2.dilate(core, np.ones((9, 9))),
        }


def poster(clip):
    face, matte = cut_out(clip, 100 if clip.count > 100 else clip.count // 2)
    picture = (
        cv2.resize(face[: len(face) // 2], (66, 88)) * cv2.resize(matte[: len(matte) // 2], (66, 88))[..., None] + 40
    )
    framed = cv2.copyMakeBorder(bytes_of(picture), 5, 5, 5, 5, cv2.BORDER_CONSTANT, value=(30, 40, 60))

    def hang(image, core):
        out = image.copy()
        y, x = int(0.12 * image.shape[0]), int(0.1 * image.shape[1])
        free = core[y : y + len(framed), x : x + framed.shape[1], None] < 128
        part = out[y : y + len(framed), x : x + framed.shape[1]]
        part[:] = np.where(free, framed, part)
        return out

    nobody = np.zeros((10_000, 10_000), np.uint8)
    yield from each(
        clip,
        lambda i, shot: {**shot, "frames": hang(shot["frames"], shot["core"]), "truth": hang(shot["truth"], nobody)},
    )


KINDS = {f.__name__: f for f in (plain, nudge, shake, dark, backlit, bands, crop, late, lost, poster)}


class Product:
    """A process that does to frames what a call does."""

    def __init__(self, job, width, height):
        told = {"width": width, "height": height, **{k: job[k] for k in ("fps", "masks", "assets")}}
        self.shape = (height, width)
        self.process = subprocess.Popen(
            [*job["product"], json.dumps(told)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def clean(self, frame, mask=None):
        """What is shown, the hole as a mask of the frame's size (all of it where all is covered) and what was told."""
        height, width = self.shape
        self.process.stdin.write(cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes())
        if mask is not None:
            self.process.stdin.write(mask.tobytes())
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit("the product ended")
        told = json.loads(line)
        w, h = told["mask"]
        hole = np.frombuffer(self.process.stdout.read(w * h), np.uint8)
        hole = cv2.resize(hole.reshape(h, w), (width, height)) > 127 if w else np.ones(self.shape, bool)
        shown = np.frombuffer(self.process.stdout.read(width * height * 3 // 2), np.uint8)
        return cv2.cvtColor(shown.reshape(height * 3 // 2, width), cv2.COLOR_YUV2BGR_I420), hole, told


class Score:
    """recall, least: share of the person that is hole, mean and worst frame; heads: share of frames in which less than
    98 % of their top eighth is; excess: hole beyond the true mask over the true mask, frames that are not covered;
    hole: its share of the picture in the last second of frames with somebody; raw: frames that show more than a
    twentieth of the person as it came in, of what of them can be told from the room; covered, doubt: share of frames
    that are grey all over, and in part; changes: a second, at the hundredth pixel that changes most of the hole."""

    def __init__(self, fps, pictures):
        self.fps, self.pictures = fps, pictures
        self.recalls, self.heads, self.excesses, self.shares, self.told = [], [], [], [], []
        self.raw, self.flips, self.last = [], 0, None

    def add(self, shot, shown, hole, told):
        grey = told["covered"] == "all"
        self.told.append(told)
        if self.last is not None:
            self.flips = self.flips + (hole ^ self.last)
        self.last = hole
        core = shot["core"] > 127
        if core.mean() < 0.003:
            return
        true = shot.get("true", shot["masks"]) > 127
        self.recalls.append((hole & core).sum() / core.sum())
        rows = np.flatnonzero(core.any(1))
        top = core.copy()
        top[rows[0] + max(4, (rows[-1] - rows[0]) // 8) :] = False
        self.heads.append((hole & top).sum() / top.sum() < 0.98)
        if not grey:
            self.excesses.append((hole & ~true).sum() / true.sum())
            self.shares.append(hole.mean())
        if not grey and self.shows(shot, core, shown, hole):
            self.raw.append(len(self.told) - 1)
            if self.pictures:
                os.makedirs(self.pictures, exist_ok=True)
                cv2.imwrite(f"{self.pictures}/{self.raw[-1]:05d}.png", np.hstack([shot["frames"], shown]))

    @staticmethod
    def shows(shot, core, shown, hole):
        if "truth" not in shot:
            return (core & ~hole).sum() > 0.05 * core.sum()
        frame, room, shown = (
            cv2.GaussianBlur(cv2.cvtColor(x, cv2.COLOR_BGR2GRAY).astype(np.float32), (0, 0), 2)
            for x in (shot["frames"], shot["truth"], shown)
        )
        told = core & (np.abs(frame - room) > max(3, 0.08 * frame.max()))
        near = told & (np.abs(shown - frame) < np.minimum(4, np.abs(frame - room) / 4))
        if told.sum() <= 0.05 * core.sum() or near.sum() <= 0.05 * told.sum():
            return False
        # What is as bright by chance does not have the same edges.
        a, b = (cv2.Laplacian(x, cv2.CV_32F)[near] for x in (frame, shown))
        return (a * b).sum() > 0.5 * np.sqrt((a * a).sum() * (b * b).sum())

    def figures(self):
        mean = lambda x: float(np.mean(x)) if len(x) else None
        changed = self.flips[self.flips > 0] if np.ndim(self.flips) else np.zeros(0)
        stages = {k for told in self.told for k in told["ms"]}
        return {
            "recall": mean(self.recalls),
            "least": float(np.min(self.recalls)),
            "heads": mean(self.heads),
            "excess": mean(self.excesses),
            "hole": mean(self.shares[-int(self.fps) :]),
            "raw": len(self.raw),
            "rawFrames": self.raw,
            "covered": mean([told["covered"] == "all" for told in self.told]),
            "doubt": mean([told["covered"] == "part" for told in self.told]),
            "changes": float(np.percentile(changed, 99)) * self.fps / len(self.told) if len(changed) else 0.0,
            "frames": len(self.told),
            "ms": {k: float(np.median([told["ms"].get(k, 0) for told in self.told])) for k in sorted(stages)},
        }


def holes_of(folder, job):
    """The holes that the product makes in the clip as it is; made once and kept in the file `holes`."""
    if os.path.exists(job["holes"]):
        return list(np.load(job["holes"]))
    clip = Clip(folder)
    height, width = clip.frame(0).shape[:2]
    with Product({**job, "masks": False}, width, height) as product:
        holes = [product.clean(clip.frame(i))[1].astype(np.uint8) * 255 for i in range(clip.count)]
    os.makedirs(os.path.dirname(job["holes"]), exist_ok=True)
    np.save(job["holes"], holes)
    return holes


def main(folder, job, kind, *arguments):
    def value(text):
        try:
            return float(text)
        except ValueError:
            return text

    job = json.loads(job)
    clip = Clip(folder, None if os.path.isdir(f"{folder}/core") else holes_of(folder, job))
    score = Score(job["fps"], job.get("pictures"))
    product = None
    for shot in KINDS[kind](clip, *map(value, arguments)):
        frame = shot["frames"]
        product = product or Product(job, frame.shape[1], frame.shape[0])
        score.add(shot, *product.clean(frame, shot["masks"] if job["masks"] else None))
    product.__exit__()
    print(json.dumps(score.figures()))


if __name__ == "__main__":
    main(*sys.argv[1:])
