"""The guide: what it may see, what it starts from, and that the exported file paints what PyTorch does."""

import hashlib
import json
import os
import sys

import numpy as np
import pytest
import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from export_guide import example, load_guide, read, write
from guide import COLUMNS, ROWS, Guide, low_passed, widen
from model import Mix
from rooms import room

HERE = os.path.dirname(__file__)
WEIGHTS, CHECKPOINT = f"{HERE}/../../weights", f"{HERE}/../checkpoints/guide.pt"


def random_guide():
    torch.manual_seed(3)
    guide = Guide().eval()
    with torch.no_grad():
        for p in guide.parameters():  # the last layers start at zero
            p.add_(torch.randn_like(p) * 0.03)
    return guide


@torch.no_grad()
def test_what_is_hidden_changes_nothing():
    guide, (picture, known) = random_guide(), example()
    other = picture * known + (1 - known) * torch.rand_like(picture)
    assert torch.equal(guide(picture, known), guide(other, known))
    assert not torch.equal(guide(picture, known), guide(1 - picture, known))


@torch.no_grad()
def test_what_is_known_stays():
    picture, known = example()
    assert ((random_guide()(picture, known) - picture) * known).abs().max() < 1e-6


@torch.no_grad()
def test_a_widened_mix_paints_the_same():
    torch.manual_seed(4)
    mix = Mix().eval()
    for p in mix.parameters():
        p.add_(torch.randn_like(p) * 0.03)
    wide, narrow = Guide(), Guide()
    narrow.mix = mix
    widen(wide, mix.state_dict())
    inputs = example()
    painted = narrow.eval()(*inputs)
    assert (painted - Guide.prepare(*inputs)[0]).abs().max() > 0.01  # it does paint
    assert (wide.eval()(*inputs) - painted).abs().max() < 1e-5


def test_low_passed_forgives_detail_and_not_shade():
    unknown = torch.zeros(1, 1, 72, 112)
    unknown[..., 24:, 40:72] = 1
    checks = (torch.arange(72)[:, None] + torch.arange(112)) % 2 * 2.0 - 1
    assert low_passed(checks.expand(1, 3, -1, -1), unknown, 36) < 1e-9
    assert low_passed(torch.full((1, 3, 72, 112), 0.5), unknown, 9).item() == pytest.approx(0.25)


def test_rooms_are_made_anew_by_their_seed():
    again = [room(np.random.default_rng(seed), 72, 112) for seed in (1, 1, 2)]
    assert again[0].shape == (72, 112, 3) and again[0].std() > 1
    assert (again[0] == again[1]).all() and (again[0] != again[2]).any()


@torch.no_grad()
def test_the_file_paints_what_the_weights_do(tmp_path):
    guide, inputs = random_guide(), example(1)
    write(guide.state_dict(), f"{tmp_path}/guide.safetensors")
    ours, painted = read(f"{tmp_path}/guide.safetensors")(*inputs), guide(*inputs)
    change = (painted - Guide.prepare(*inputs)[0]).abs().max()
    assert (ours - painted).abs().max() < 0.05 * change  # 8 bits of weights


@torch.no_grad()
@pytest.mark.skipif(not os.path.exists(CHECKPOINT), reason="no guide is shipped")
def test_the_shipped_file_is_the_checkpoint():
    card = json.load(open(f"{WEIGHTS}/guide.json"))
    path = f"{WEIGHTS}/{card['file']}"
    assert hashlib.sha256(open(path, "rb").read()).hexdigest() == card["sha256"]
    truth = torch.from_numpy(room(np.random.default_rng(5), ROWS, COLUMNS)).permute(2, 0, 1)[None].float() / 255
    known = example()[1]
    painted, ours = load_guide(CHECKPOINT)(truth, known), read(path)(truth, known)
    assert ((ours - painted).abs() * 255).mean() < 0.3 and ((ours - painted).abs() * 255).max() < 6
