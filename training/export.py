"""Export the model for ONNX Runtime (Web): static shapes for each working size, state in and state out, fp32 and fp16,
with a JSON card beside them.

  python export.py --weights runs/a/latest.pt --mix runs/mix/mix.pt --out ../weights --sizes 480x288 384x288

The fp32 files keep their large tensors as 16-bit floats, widened on loading (inpaint.pt has them so too): half the
bytes, 32-bit arithmetic. Writes inpaint-<size>.<fp32|fp16>.onnx, inpaint.json (names, types, shapes, sha256,
milliseconds a frame on one CPU thread), inpaint.pt (EMA weights, fp16). Pictures and masks are float32 in every file;
the state has the file's own type. State starts at zero, and next_X goes back in as state_X.
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
from onnxruntime.transformers.float16 import convert_float_to_float16

from evaluate import load
from model import new_state, state_shapes

PICTURES = ["frame", "hole", "plate", "known", "fill"]
STATE = ["tokens", "slots", "paint"]
INPUTS = PICTURES + [f"state_{s}" for s in STATE]
OUTPUTS = ["out"] + [f"next_{s}" for s in STATE]
OPSET = 17


def example(cfg, width, height, seed=0, batch=1):
    """Random but lawful inputs for one frame and an empty state."""
    g = torch.Generator().manual_seed(seed)
    rgb = lambda: torch.rand(batch, 3, height, width, generator=g)
    mask = lambda: torch.nn.functional.interpolate(
        (torch.rand(batch, 1, height // 16, width // 16, generator=g) > 0.6).float(), scale_factor=16
    )
    return [rgb(), mask(), rgb(), mask(), rgb(), *new_state(cfg, batch, width, height)]


def export(net, path, width, height):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net,
            tuple(example(net.cfg, width, height)),
            path,
            input_names=INPUTS,
            output_names=OUTPUTS,
            opset_version=OPSET,
            dynamo=False,
        )
    graph = onnx.load(path)
    graph = onnx.shape_inference.infer_shapes(graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, path)


def shorten(path):
    """Short names, and each constant once: a third fewer nodes, and half the time that a runtime takes to open the
    file."""
    model = onnx.load(path)
    graph, names, constants, nodes = model.graph, {}, {}, []
    kept = {v.name for v in [*graph.input, *graph.output]}
    short = lambda name: name if name in kept or not name else names.setdefault(name, f"t{len(names)}")
    for tensor in graph.initializer:
        tensor.name = short(tensor.name)
    for node in graph.node:
        if node.op_type == "Constant":
            value = node.attribute[0].SerializeToString()
            if value in constants:
                names[node.output[0]] = constants[value]
                continue
            constants[value] = short(node.output[0])
        node.name = ""
        node.input[:], node.output[:] = map(short, node.input), map(short, node.output)
        nodes.append(node)
    del graph.node[:], graph.value_info[:]
    # constants in front of all that share them
    graph.node.extend(sorted(nodes, key=lambda node: node.op_type != "Constant"))
    onnx.save(model, path)


def pack(path):
    """Large weights are stored as 16-bit floats with a cast behind them, which a runtime folds away on loading: less
    than 0.01 levels apart."""
    model, casts = onnx.load(path), []
    for t in model.graph.initializer:
        if t.data_type == onnx.TensorProto.FLOAT and len(t.raw_data) > 1024:
            wide, narrow = t.name, f"{t.name}_16"
            t.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(t).astype(np.float16), narrow))
            casts.append(onnx.helper.make_node("Cast", [narrow], [wide], to=onnx.TensorProto.FLOAT))
    nodes = casts + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def halve(source, path):
    """fp16 weights, arithmetic and state; pictures stay fp32 at the door."""
    # No operator is spared: a runtime without some fp16 kernel casts around it by itself, and WebGPU has them all.
    model = convert_float_to_float16(onnx.load(source), keep_io_types=PICTURES + ["out"], op_block_list=[])
    onnx.save(model, path)


def run(path, inputs, frames=1, threads=1):
    """Runs `frames` frames with the state fed back -> outputs of the last one, best milliseconds a frame."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    types = {i.name: np.float16 if "float16" in i.type else np.float32 for i in session.get_inputs()}
    feed, best = {n: x.numpy().astype(types[n]) for n, x in zip(INPUTS, inputs)}, 1e9
    for _ in range(frames):
        began = time.perf_counter()
        result = dict(zip(OUTPUTS, session.run(OUTPUTS, feed)))
        best = min(best, (time.perf_counter() - began) * 1e3)
        feed.update({f"state_{s}": result[f"next_{s}"] for s in STATE})
    return result, best


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--weights", required=True)
    a.add_argument(
        "--mix",
        help="weights from mix.py instead of those of the mix in --weights: it may have gone on learning meanwhile",
    )
    a.add_argument(
        "--caution",
        type=float,
        help="share of what is added to the fill, instead of the one in --weights; see Config.caution",
    )
    a.add_argument("--out", default="../weights")
    a.add_argument("--sizes", nargs="+", default=["480x288", "384x288"])
    a = a.parse_args()
    os.makedirs(a.out, exist_ok=True)
    net = load(a.weights)
    if a.mix:
        net.mix.load_state_dict(torch.load(a.mix, map_location="cpu"))
    if a.caution is not None:
        net.cfg.caution = a.caution
    torch.save(
        {"ema": {k: v.half() for k, v in net.state_dict().items()}, "config": vars(net.cfg)}, f"{a.out}/inpaint.pt"
    )
    card = {"opset": OPSET, "multiple": 32, "models": []}
    for size in a.sizes:
        w, h = map(int, size.split("x"))
        full, half = f"{a.out}/inpaint-{size}.fp32.onnx", f"{a.out}/inpaint-{size}.fp16.onnx"
        export(net, full, w, h)
        halve(full, half)
        shorten(full), shorten(half)  # after the halving, which cannot share constants
        pack(full)
        shapes = {
            "frame": [1, 3, h, w],
            "hole": [1, 1, h, w],
            "plate": [1, 3, h, w],
            "known": [1, 1, h, w],
            "fill": [1, 3, h, w],
            "out": [1, 3, h, w],
        }
        state = {k: list(v) for k, v in state_shapes(net.cfg, w, h).items()}
        for path, kind in ((full, "float32"), (half, "float16")):
            _, ms = run(path, example(net.cfg, w, h), frames=3)
            card["models"].append(
                {
                    "file": os.path.basename(path),
                    "width": w,
                    "height": h,
                    "bytes": os.path.getsize(path),
                    "sha256": hashlib.sha256(open(path, "rb").read()).hexdigest(),
                    "inputs": {n: {"type": "float32", "shape": shapes[n]} for n in PICTURES},
                    "output": {"out": {"type": "float32", "shape": shapes["out"]}},
                    "state": {
                        k: {"input": f"state_{k}", "output": f"next_{k}", "type": kind, "shape": v}
                        for k, v in state.items()
                    },
                    "msPerFrameOneThread": round(ms, 1),
                }
            )
            print(path, os.path.getsize(path), "bytes", round(ms, 1), "ms a frame on one CPU thread")
    with open(f"{a.out}/inpaint.json", "w") as f:
        json.dump(card, f, indent=1)


if __name__ == "__main__":
    main()
