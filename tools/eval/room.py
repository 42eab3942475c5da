"""Makes, of a clip of an empty room in which somebody comes, the clip that another camera would have had of it.

  python room.py pose CLIP OUT --shift 0.12 --turn 4 --zoom 1.1 --gain 0.8 --gamma 1.15
  python room.py mirror CLIP OUT
  python room.py table CLIP OUT
  python room.py from CLIP OUTPUT FRAME TO

`pose`: the camera was moved (share of the width), turned (degrees) and zoomed, in other light; what it sees beyond the
clip's edge is hole. `mirror`: the room the other way round. `table`: the table of walkers/warm-1 stands elsewhere.
`from` makes of a clip and what came out of it, both from a frame on, TO/set and TO/ours, for the scorer.
"""

import argparse
import glob
import json
import os

import cv2
import numpy as np

# Where the table of walkers/warm-1 stands, pixels, and by how much it is moved.
TABLE = (365, 70, 545, 345)
MOVE = -190


def clip(source):
    """Frames and masks, in order."""
    for path in sorted(glob.glob(f"{source}/frames/*.jpg")):
        name = os.path.splitext(os.path.basename(path))[0]
        yield name, cv2.imread(path), cv2.imread(f"{source}/masks/{name}.png", cv2.IMREAD_GRAYSCALE)


def posed(a):
    """Another pose and light: a function of frame and mask."""

    def change(frame, mask):
        height, width = mask.shape
        at = cv2.getRotationMatrix2D((width / 2, height / 2), a.turn, a.zoom)
        at[0, 2] += a.shift * width
        frame = cv2.warpAffine(frame, at, (width, height), flags=cv2.INTER_CUBIC)
        mask = cv2.warpAffine(mask, at, (width, height), flags=cv2.INTER_NEAREST, borderValue=255)
        return 255 * a.gain * (frame / 255.0) ** a.gamma, mask

    return change


def mirrored(frame, mask):
    return frame[:, ::-1], mask[:, ::-1]


def moved_table(frame, mask):
    """The strip with the table and the one beside it change places; once somebody is there, all is hole."""
    if mask.any():
        return frame, np.full_like(mask, 255)
    x0, y0, x1, y1 = TABLE
    soft = np.zeros(mask.shape, np.float32)
    soft[y0:y1, x0:x1] = 1
    soft[y0:y1, x0 + MOVE : x1 + MOVE] = 1
    soft = cv2.GaussianBlur(soft, (0, 0), 4)[..., None]
    swapped = frame.astype(np.float32)
    swapped[:, x0:x1], swapped[:, x0 + MOVE : x1 + MOVE] = frame[:, x0 + MOVE : x1 + MOVE], frame[:, x0:x1]
    return frame + (swapped - frame) * soft, mask


def make(a):
    change = {"pose": lambda: posed(a), "mirror": lambda: mirrored, "table": lambda: moved_table}[a.what]()
    for kind in ("frames", "masks"):
        os.makedirs(f"{a.out}/{kind}", exist_ok=True)
    n = 0
    for name, frame, mask in clip(a.clip):
        frame, mask = change(frame, mask)
        cv2.imwrite(
            f"{a.out}/frames/{name}.jpg",
            np.clip(np.round(frame), 0, 255).astype(np.uint8),
            [cv2.IMWRITE_JPEG_QUALITY, 95],
        )
        cv2.imwrite(f"{a.out}/masks/{name}.png", mask)
        n += 1
    with open(f"{a.out}/clip.json", "w") as f:
        json.dump({"kind": f"room: {a.what}", "frames": n}, f)


def later(a):
    first, name = int(a.frame), os.path.basename(a.clip)
    card = json.load(open(f"{a.clip}/clip.json"))
    for kind in ("frames", "masks", "truth"):
        if not os.path.isdir(f"{a.clip}/{kind}"):
            continue
        os.makedirs(f"{a.to}/set/{name}/{kind}", exist_ok=True)
        ext = "png" if kind == "masks" else "jpg"
        for i in range(first, card["frames"]):
            os.symlink(
                os.path.abspath(f"{a.clip}/{kind}/{i:05d}.{ext}"), f"{a.to}/set/{name}/{kind}/{i - first:05d}.{ext}"
            )
    os.makedirs(f"{a.to}/ours/{name}")
    for i in range(first, card["frames"]):
        os.symlink(os.path.abspath(f"{a.output}/{i:05d}.png"), f"{a.to}/ours/{name}/{i - first:05d}.png")
    with open(f"{a.to}/set/{name}/clip.json", "w") as f:
        json.dump({**card, "frames": card["frames"] - first}, f)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="what", required=True)
    for what in ("pose", "mirror", "table"):
        kind = kinds.add_parser(what)
        kind.add_argument("clip")
        kind.add_argument("out")
        if what == "pose":
            for name in ("shift", "turn", "zoom", "gain", "gamma"):
                kind.add_argument(f"--{name}", type=float, required=True)
    kind = kinds.add_parser("from")
    for name in ("clip", "output", "frame", "to"):
        kind.add_argument(name)
    a = parser.parse_args()
    later(a) if a.what == "from" else make(a)


if __name__ == "__main__":
    main()
