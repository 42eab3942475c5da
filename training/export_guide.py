"""Exports the guide for the product, which runs it itself (src/inpaint/guide): a file of weights, a card beside it, and
a picture that the test of the product's twin has to paint as PyTorch does.

  python export_guide.py --weights runs/free/guide.pt --trained-on DATA, then  python -m pytest -q tests/test_guide.py

Writes ../weights/guide.safetensors and guide.json, checkpoints/guide.pt (16 bits), which the test compares with the
file and training can start from, and ../test/fixtures/guide.json. Large weights are kept in 8 bits with one scale for
each output, the others in 32. `--held-out` also scores the weights of the file on held-out scenes (train_guide.py's),
beside those that were trained.
"""

import argparse
import base64
import hashlib
import json
import os

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from guide import COLUMNS, ROWS, Guide

LARGE = 512  # weights; smaller tensors stay in 32 bits
FILE = "guide.safetensors"


def load_guide(path):
    guide = Guide()
    guide.load_state_dict({k: v.float() for k, v in torch.load(path, map_location="cpu", weights_only=True).items()})
    return guide.eval()


def example(seed=0):
    """A picture and where it is known: random, with a hole that reaches the lower edge."""
    picture = torch.rand(1, 3, ROWS, COLUMNS, generator=torch.Generator().manual_seed(seed))
    known = torch.ones(1, 1, ROWS, COLUMNS)
    known[..., ROWS // 4 :, COLUMNS // 3 : 2 * COLUMNS // 3] = 0
    return picture, known


def waves():
    """A picture and where it is known, by a formula that src/inpaint/guide/guide-network.test.ts repeats."""
    c, y, x = np.meshgrid(np.arange(3), np.arange(ROWS), np.arange(COLUMNS), indexing="ij")
    picture = 0.5 + 0.2 * np.sin(0.15 * x + c) + 0.2 * np.cos(0.2 * y - c)
    known = ~((x[:1] >= 40) & (x[:1] < 76) & (y[:1] >= 20))
    return [torch.from_numpy(a.astype(np.float32))[None] for a in (picture, known)]


def packed(state):
    """name -> array, large weights in 8 bits with `name.scale`: each output's largest becomes 127."""
    out = {}
    for name, tensor in state.items():
        weights = tensor.float().numpy()
        if weights.size < LARGE or weights.ndim < 2:
            out[name] = weights
            continue
        largest = np.abs(weights).max(tuple(range(1, weights.ndim)), keepdims=True)
        scale = np.maximum(largest / 127, 1e-12).astype(np.float32)
        out[name], out[f"{name}.scale"] = np.round(weights / scale).astype(np.int8), scale.reshape(-1)
    return out


def write(state, path):
    """The format of `safetensors`: the header's length in 64 bits, a JSON header, the tensors."""
    header, at, blobs = {}, 0, []
    for name, array in sorted(packed(state).items(), key=lambda item: item[1].dtype.itemsize, reverse=True):
        kind = {"float32": "F32", "int8": "I8"}[array.dtype.name]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        blobs.append(array.tobytes())
        at += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text + b"".join(blobs))


def read(path):
    """-> a guide with the weights of the file."""
    data = open(path, "rb").read()
    length = int.from_bytes(data[:8], "little")
    header, body = json.loads(data[8 : 8 + length]), data[8 + length :]
    tensor = lambda e: np.frombuffer(
        body[slice(*e["data_offsets"])], {"F32": np.float32, "I8": np.int8}[e["dtype"]]
    ).reshape(e["shape"])
    state = {}
    for name, entry in header.items():
        if name.endswith(".scale"):
            continue
        values = tensor(entry).astype(np.float32)
        if entry["dtype"] == "I8":
            values = values * tensor(header[f"{name}.scale"]).reshape(-1, *[1] * (values.ndim - 1))
        state[name] = torch.from_numpy(values.copy())
    guide = Guide()
    guide.load_state_dict(state)
    return guide.eval()


def multiply_accumulates(guide):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        guide(*example())
    return counter.get_total_flops() // 2


@torch.no_grad()
def write_fixture(guide, sha256, path):
    painted = guide(*waves())[0].clamp(0, 1)
    rgb = np.round(painted.numpy() * 255).astype(np.uint8)
    with open(path, "w") as f:
        card = {"madeBy": "training/export_guide.py", "sha256": sha256, "rgb": base64.b64encode(rgb.tobytes()).decode()}
        json.dump(card, f, indent=1)
        f.write("\n")


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--weights", required=True)
    a.add_argument("--trained-on", required=True, help="a line for the card: data and its terms")
    a.add_argument("--out", default="../weights")
    a.add_argument("--checkpoint", default="checkpoints/guide.pt")
    a.add_argument("--fixture", default="../test/fixtures/guide.json")
    a.add_argument("--held-out", help="held-out.pt of train_guide.py")
    a = a.parse_args()
    torch.set_num_threads(1)
    guide, path = load_guide(a.weights), f"{a.out}/{FILE}"
    torch.save({k: v.half() for k, v in guide.state_dict().items()}, a.checkpoint)
    write(guide.state_dict(), path)
    sha256 = hashlib.sha256(open(path, "rb").read()).hexdigest()
    card = {
        "file": FILE,
        "sha256": sha256,
        "bytes": os.path.getsize(path),
        "rows": ROWS,
        "columns": COLUMNS,
        "multiplyAccumulates": multiply_accumulates(guide),
        "trainedOn": a.trained_on,
    }
    with open(f"{a.out}/guide.json", "w") as f:
        json.dump(card, f, indent=1)
        f.write("\n")
    print(f"{path}: {card['bytes']} bytes, {card['multiplyAccumulates'] / 1e9:.2f} GMACs")
    write_fixture(read(path), sha256, a.fixture)
    if a.held_out:
        score(guide, read(path), torch.load(a.held_out))


@torch.no_grad()
def score(guide, file, sets):
    from guide import low_passed
    from train_guide import SCALES

    for name, batches in sets.items():
        rows = []
        for batch in batches:
            fill, *_, unknown, truth = (x.float() for x in batch)
            picture, known = fill * (1 - unknown), 1 - unknown
            each = lambda x: torch.stack([low_passed(x - truth, unknown, n).mean() for n in SCALES])
            rows.append(torch.stack([each(fill), each(guide(picture, known)), each(file(picture, known))]))
        fill, ours, kept = torch.stack(rows).mean(0)
        show = lambda x: " / ".join(f"{db:+.3f}" for db in 10 * (fill / x).log10())
        print(f"{name}: over push-pull at {SCALES} rows, as trained {show(ours)} dB, the file {show(kept)} dB")


if __name__ == "__main__":
    main()
