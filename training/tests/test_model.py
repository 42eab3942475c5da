"""Promises of the model. Weights are random but not zero at the output, so that every test would fail if its promise
broke."""

import os
import sys

import numpy as np
import pytest
import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from data import fill_of
from evaluate import load
from export import OUTPUTS, example, export, halve, run
from model import GATE_MAX, Config, Inpainter, new_state, state_shapes, take_over
from pushpull import push_pull

W, H = 96, 64
torch.set_num_threads(1)


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    net = Inpainter(Config(coarse_layers=2)).eval()
    for p in net.parameters():
        if p.abs().max() == 0:  # what training starts at zero (residuals, ages) gets a say
            torch.nn.init.normal_(p, std=0.05)
    torch.nn.init.normal_(net.paint.weight, std=0.02)
    return net


def a_clip(frames, seed=0, w=W, h=H):
    """A hole that moves over noise; what it uncovers becomes known."""
    g = torch.Generator().manual_seed(seed)
    frame, hole = torch.rand(frames, 3, h, w, generator=g), torch.zeros(frames, 1, h, w)
    for i in range(frames):
        hole[i, :, 8:56, (i * 8) % (w - 32) : (i * 8) % (w - 32) + 32] = 1
    known = torch.cat([torch.zeros(1, 1, h, w), torch.cummax(1 - hole, 0).values[:-1]])
    plate = torch.rand(1, 3, h, w, generator=g).expand(frames, -1, -1, -1)
    return [frame, hole, plate, known, fill_of(frame, hole, plate, known)]


@torch.no_grad()
def frame_by_frame(net, clip, state=None):
    h, w = clip[0].shape[-2:]
    state, outs = state or new_state(net.cfg, 1, w, h), []
    for i in range(len(clip[0])):
        out, *state = net(*(x[i : i + 1] for x in clip), *state)
        outs.append(out)
    return torch.cat(outs), state


def test_the_cache_equals_the_clip_at_once(net):
    clip = a_clip(7)
    with torch.no_grad():
        at_once = net.clip(*clip)
    cached, state = frame_by_frame(net, clip)
    assert (cached - at_once).abs().max() < 1e-4
    assert state[1].mean() > 0.5  # the memory was really used
    assert (frame_by_frame(net, [x[6:] for x in clip])[0] - cached[6:]).abs().max() > 1e-3  # and it matters


def test_a_later_frame_never_changes_an_earlier_output(net):
    clip, other = a_clip(5), a_clip(5, seed=1)
    changed = [torch.cat([x[:3], y[3:]]) for x, y in zip(clip, other)]
    a, b = frame_by_frame(net, clip)[0], frame_by_frame(net, changed)[0]
    assert torch.equal(a[:3], b[:3])
    assert (a[3:] - b[3:]).abs().max() > 0.01


def test_raw_pixels_of_the_hole_change_nothing(net):
    clip = a_clip(3)
    leak = [clip[0] + clip[1] * torch.randn_like(clip[0])] + clip[1:]
    (a, state), (b, other) = frame_by_frame(net, clip), frame_by_frame(net, leak)
    assert torch.equal(a, b) and all(torch.equal(x, y) for x, y in zip(state, other))


def test_outside_the_hole_the_fill_passes(net):
    clip = a_clip(2)
    out, _ = frame_by_frame(net, clip)
    assert torch.equal(out * (1 - clip[1]), clip[4] * (1 - clip[1]))


def test_an_untrained_network_starts_at_the_mix_of_fills():
    clip = a_clip(3)
    net = Inpainter(Config(coarse_layers=1)).eval()
    out, _ = frame_by_frame(net, clip)
    frame, hole, _, known, fill = clip
    guides, clues = net.guides(*clip)
    around, _ = net.look(frame, hole, known, fill, guides, clues)
    mix = fill + net.mixed(around, hole * (1 - known), guides, clues)
    assert (out[0] - mix[0]).abs().max() < 1e-6
    assert (mix - clip[4])[0].abs().max() > 0.01


@pytest.mark.parametrize("size", [(64, 32), (160, 96), (224, 128), (480, 288)])
def test_any_working_size_runs(net, size):
    w, h = size
    clip = a_clip(2, w=w, h=h) if h >= 64 else [x.repeat(2, 1, 1, 1) for x in example(net.cfg, w, h)[:5]]
    out, state = frame_by_frame(net, clip)
    assert out.shape == (2, 3, h, w) and out.isfinite().all()
    assert [tuple(s.shape) for s in state] == list(state_shapes(net.cfg, w, h).values())


def test_an_invention_cannot_run_away(net):
    """Whatever the network says, what comes back is a convex mix: far-out paint fades by GATE_MAX a frame at least."""
    clip = [x[:1].repeat(60, 1, 1, 1) for x in a_clip(1)]
    _, state = frame_by_frame(net, [x[:1] for x in clip])
    wild = [*state[:2], torch.cat([torch.full_like(state[2][:, :3], 50.0) * state[2][:, 3:], state[2][:, 3:]], 1)]
    calm, mad = frame_by_frame(net, clip, state)[0], frame_by_frame(net, clip, wild)[0]
    assert (mad[0] - calm[0]).abs().max() > 1
    assert (mad[-1] - calm[-1]).abs().max() < 50 * GATE_MAX**60 + 1e-3


def test_a_still_scene_stays_still(net):
    clip = [x[:1].repeat(120, 1, 1, 1) for x in a_clip(1)]
    out, _ = frame_by_frame(net, clip)
    assert (out[119] - out[100]).abs().max() < 0.5 / 255


RELEASED = os.path.join(os.path.dirname(__file__), "..", "..", "weights", "inpaint.pt")


@pytest.mark.skipif(not os.path.exists(RELEASED), reason="no released weights here")
def test_the_released_weights_do_not_drift():
    """1,000 frames of a still scene with camera noise, the hole still (stream 0) or swaying (stream 1): the fill stays
    within 2 levels of frame 30's."""
    net, g = load(RELEASED), torch.Generator().manual_seed(0)
    scene = (
        torch.nn.functional.interpolate(torch.rand(1, 3, 5, 5, generator=g), size=(64, 64), mode="bicubic")
        .clamp(0, 1)
        .repeat(2, 1, 1, 1)
    )
    known, state, kept = torch.zeros(2, 1, 64, 64), new_state(net.cfg, 2, 64, 64), {}
    with torch.inference_mode():
        for i in range(1, 1001):
            hole = torch.zeros(2, 1, 64, 64)
            for stream, left in enumerate((20, 20 + round(3 * np.sin(i / 4)))):
                hole[stream, :, 6:, left : left + 24] = 1
            frame = (scene + torch.randn(scene.shape, generator=g) * 2 / 255).clamp(0, 1)
            inputs = [frame, hole, scene, known]
            out, *state = net(*inputs, fill_of(*inputs), *state)
            known = torch.maximum(known, 1 - hole)
            if i in (30, 100, 1000):
                kept[i] = out
    never = 1 - known
    for i in (100, 1000):
        drift = ((kept[i] - kept[30]).abs() * never).sum((1, 2, 3)) / never.sum((1, 2, 3)) / 3 * 255
        assert drift.max() < 2, (i, drift)


def test_onnx_equals_pytorch(net, tmp_path):
    path = str(tmp_path / "m.onnx")
    export(net, path, W, H)
    clip, state = a_clip(3), None
    for i in range(3):  # with a memory that is not empty
        inputs = [x[i : i + 1] for x in clip] + list(state or new_state(net.cfg, 1, W, H))
        with torch.no_grad():
            expected = net(*inputs)
        result, _ = run(path, inputs)
        for name, want in zip(OUTPUTS, expected):
            assert np.abs(result[name] - want.numpy()).max() < 1e-3, name
        state = expected[1:]
    halve(path, str(tmp_path / "h.onnx"))
    result, _ = run(str(tmp_path / "h.onnx"), inputs)
    assert np.abs(result["out"] - expected[0].numpy()).max() < 2 / 255


def test_the_graph_has_no_int64_arithmetic(net, tmp_path):
    import onnx

    path = str(tmp_path / "m.onnx")
    export(net, path, W, H)
    ops = {n.op_type for n in onnx.load(path).graph.node}
    assert not ops & {"Shape", "Gather", "Range", "NonZero", "Where", "ScatterND", "GatherND", "Expand"}, ops


def test_push_pull_keeps_what_is_known_and_stays_in_range():
    rgb, weight = torch.rand(1, 3, 45, 37), (torch.rand(1, 1, 45, 37) > 0.7).float()
    out = push_pull(rgb, weight)
    assert ((out - rgb) * weight).abs().max() < 1e-5
    assert out.min() >= (rgb + 9 * (1 - weight)).amin() - 1e-5 and out.max() <= (rgb * weight).amax() + 1e-5
    assert torch.allclose(push_pull(rgb, weight * 0), torch.full_like(rgb, 0.5))
    flat = push_pull(torch.full_like(rgb, 0.3), weight)
    assert torch.allclose(flat, torch.full_like(rgb, 0.3), atol=1e-5)


def test_training_starts_from_older_weights_as_far_as_they_fit(net):
    torch.manual_seed(1)
    other = Inpainter(Config(coarse_layers=1))
    fresh = {k: v.clone() for k, v in other.state_dict().items()}
    weights = {**net.state_dict(), "around.weight": torch.zeros(3, 3)}
    missing = take_over(other, weights)
    assert missing == 1 and torch.equal(other.around.weight, fresh["around.weight"])
    assert all(torch.equal(v, net.state_dict()[k]) for k, v in other.state_dict().items() if k != "around.weight")


def test_caution_paints_a_share_of_the_residual(net):
    clip = a_clip(1)
    full, careful = Inpainter(Config(coarse_layers=2)).eval(), Inpainter(Config(coarse_layers=2, caution=0.4)).eval()
    for each in (full, careful):
        # nothing is clamped
        take_over(each, {k: v * 0.1 if k.startswith("paint.") else v for k, v in net.state_dict().items()})
    added = [frame_by_frame(each, clip)[0] - clip[4] for each in (full, careful)]
    inside = ((clip[4] + added[0] > 0.01) & (clip[4] + added[0] < 0.99)).float()
    assert ((added[1] - 0.4 * added[0]) * inside).abs().max() < 1e-5 and added[0].abs().max() > 0.01
