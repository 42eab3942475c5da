"""Exports the guide for ONNX Runtime (Web): one file, one size, no state; with a JSON card beside it.

  python export_guide.py --weights runs/cool/guide.pt        then  python -m pytest -q tests/test_guide.py

Writes ../weights/guide.onnx and guide.json, and checkpoints/guide.pt (16 bits), which the test compares with the file
and training can start from. Large weights are kept in 8 bits with one scale for each output, widened on loading, which
a runtime folds away: half the bytes of 16 bits. Arithmetic is in 32 bits. `--held-out` also scores the file itself on
held-out scenes (train_guide.py's), beside PyTorch with the weights as they were trained.
"""

import argparse
import hashlib
import json
import os
import time
import warnings

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper
from torch.utils.flop_counter import FlopCounterMode

from export import OPSET, shorten
from guide import COLUMNS, ROWS, Guide

LARGE = 512  # weights; smaller tensors stay in 32 bits
TRAINED_ON = (
    "photos of a Places365 subset and silhouettes of the automatic portrait segmentation data (research use), "
    "procedural rooms (free)"
)


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


def export(guide, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            guide,
            example(),
            path,
            input_names=["picture", "known"],
            output_names=["guide"],
            opset_version=OPSET,
            dynamo=False,
        )
    shorten(path)
    pack(path)


def pack(path):
    """Large weights in 8 bits: each output's (the first axis of a convolution, the last of a matrix) largest becomes
    127."""
    model, nodes = onnx.load(path), []
    matrices = {node.input[1] for node in model.graph.node if node.op_type == "MatMul"}
    for tensor in list(model.graph.initializer):
        weights = numpy_helper.to_array(tensor)
        if weights.dtype != np.float32 or weights.size < LARGE or weights.ndim < 2:
            continue
        others = tuple(range(weights.ndim - 1)) if tensor.name in matrices else tuple(range(1, weights.ndim))
        scale = np.maximum(np.abs(weights).max(others, keepdims=True) / 127, 1e-12).astype(np.float32)
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(np.round(weights / scale).astype(np.int8), f"{name}_8"))
        model.graph.initializer.append(numpy_helper.from_array(scale, f"{name}_s"))
        nodes += [
            helper.make_node("Cast", [f"{name}_8"], [f"{name}_w"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}_w", f"{name}_s"], [name]),
        ]
    nodes += list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def session(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def run(guide, picture, known):
    """The exported guide over a batch, one by one."""
    one = lambda i: guide.run(None, {"picture": picture[i : i + 1].numpy(), "known": known[i : i + 1].numpy()})[0]
    return torch.from_numpy(np.concatenate([one(i) for i in range(len(picture))]))


def multiply_accumulates(guide):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        guide(*example())
    return counter.get_total_flops() // 2


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--weights", required=True)
    a.add_argument("--out", default="../weights")
    a.add_argument("--checkpoint", default="checkpoints/guide.pt")
    a.add_argument("--held-out", help="held-out.pt of train_guide.py")
    a = a.parse_args()
    torch.set_num_threads(1)
    guide, path = load_guide(a.weights), f"{a.out}/guide.onnx"
    torch.save({k: v.half() for k, v in guide.state_dict().items()}, a.checkpoint)
    export(guide, path)
    runtime, inputs = session(path), example()
    run(runtime, *inputs)
    began = time.perf_counter()
    run(runtime, *inputs)
    ms = (time.perf_counter() - began) * 1e3
    shape = lambda channels: {"type": "float32", "shape": [1, channels, ROWS, COLUMNS]}
    card = {
        "file": "guide.onnx",
        "sha256": hashlib.sha256(open(path, "rb").read()).hexdigest(),
        "bytes": os.path.getsize(path),
        "opset": OPSET,
        "inputs": {"picture": shape(3), "known": shape(1)},
        "output": {"guide": shape(3)},
        "multiplyAccumulates": multiply_accumulates(guide),
        "trainedOn": TRAINED_ON,
    }
    with open(f"{a.out}/guide.json", "w") as f:
        json.dump(card, f, indent=1)
        f.write("\n")
    print(f"{path}: {card['bytes']} bytes, {card['multiplyAccumulates'] / 1e9:.2f} GMACs, {ms:.0f} ms on one thread")
    operators = sorted({node.op_type for node in onnx.load(path).graph.node})
    print(f"{len(operators)} operators: {' '.join(operators)}")
    if a.held_out:
        score(guide, runtime, torch.load(a.held_out))


@torch.no_grad()
def score(guide, runtime, sets):
    from guide import low_passed
    from train_guide import SCALES

    for name, batches in sets.items():
        rows = []
        for batch in batches:
            fill, *_, unknown, truth = (x.float() for x in batch)
            picture, known = fill * (1 - unknown), 1 - unknown
            each = lambda x: torch.stack([low_passed(x - truth, unknown, n).mean() for n in SCALES])
            rows.append(torch.stack([each(fill), each(guide(picture, known)), each(run(runtime, picture, known))]))
        fill, ours, packed = torch.stack(rows).mean(0)
        show = lambda x: " / ".join(f"{db:+.3f}" for db in 10 * (fill / x).log10())
        print(f"{name}: over push-pull at {SCALES} rows, PyTorch {show(ours)} dB, the file {show(packed)} dB")


if __name__ == "__main__":
    main()
