"""Trains the guide (guide.py) on scenes of calls (calls.py). Resumable: the same line with more minutes goes on.

  python train_guide.py --cache runs/cache --out runs/guide --init checkpoints/mix.pt --minutes 60
  cp -r runs/guide runs/cool && python train_guide.py --out runs/cool --minutes 70 --cooldown 10    (anneals a copy)

The learning rate is constant until `--cooldown` minutes before the end, so that a run can be prolonged and a copy of it
annealed at any time. <out>/log.txt has the curve, <out>/guide.pt the averaged weights, <out>/sheet.png held-out
pictures: known, push-pull, guide, truth.
"""

import argparse
import collections
import os
import random
import time

import cv2
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from calls import Calls
from guide import COLUMNS, ROWS, Guide, low_passed, widen

BATCH, HELD_OUT_BATCH = 16, 32
SCALES = (36, 18, 9)  # rows at which errors count: a copier needs broad structure, and brings its own texture
HELD_OUT = {"photos": (448, 0), "procedural": (128, 1)}  # scenes, share of procedural rooms
# Batches kept, those made before the first step, and how often each is used: making one takes half as long as learning
# from it. Without the first ones a run that goes on learns the few that it has by heart.
POOL, FIRST, REUSE = 200, 40, 3
EMA, CLIP, DECAY, BETAS = 0.998, 1.0, 0.02, (0.9, 0.98)
LOG_MSE, FLOOR = 0.04, 0.12  # weights: every picture counts; where it is unsure the guide stays at push-pull
LOG = 250  # steps between two lines of the curve
SAVE = 180  # seconds between two checkpoints
LONGEST = 10  # seconds that a step counts for at most: a paused machine's clock is not ours


def errors(guide, batch):
    """Low-passed mean square errors of the guide and of push-pull: B x scales each."""
    prepared, truth = batch[:-1], batch[-1]
    out, fill, unknown = guide.paint(*prepared), prepared[0], prepared[-1]
    each = lambda x: torch.stack([low_passed(x - truth, unknown, rows) for rows in SCALES], 1)
    return each(out), each(fill)


def loss_of(ours, floor):
    worse = torch.relu(torch.log(ours + 1e-5) - torch.log(floor + 1e-5))
    return ours.mean() + LOG_MSE * torch.log(ours + 1e-4).mean() + FLOOR * worse.mean()


def prepared(calls):
    """One batch for `errors`: what `Guide.prepare` gives, and the truth."""
    picture, unknown, truth = calls.call(ROWS, COLUMNS)
    return [x.contiguous(memory_format=torch.channels_last) for x in (*Guide.prepare(picture, 1 - unknown), truth)]


def held_out(cache, file):
    if not os.path.exists(file):
        sets = {}
        for name, (n, procedural) in HELD_OUT.items():
            calls = Calls(cache, "val", 7, HELD_OUT_BATCH, procedural, general=0)
            sets[name] = [[x.half() for x in prepared(calls)] for _ in range(n // HELD_OUT_BATCH)]
        torch.save(sets, file)
    return torch.load(file)


@torch.no_grad()
def validate(guide, sets):
    """Of each held-out set: dB over push-pull at each scale, pooled, and at the first their mean over scenes."""
    guide.eval()
    out = []
    for name, batches in sets.items():
        ours, floor = (torch.cat(x) for x in zip(*(errors(guide, [x.float() for x in b]) for b in batches)))
        pooled = 10 * (floor.mean(0) / ours.mean(0)).log10()
        worse = (ours[:, 0] > floor[:, 0] * 1.0233).float().mean()
        scales = " / ".join(f"{db:+.3f}" for db in pooled)
        out.append(
            f"{name} {scales} dB, mean {10 * (floor / ours)[:, 0].log10().mean():+.3f}, worse by 0.1 dB {worse:.0%}"
        )
    return "; ".join(out)


@torch.no_grad()
def write_sheet(guide, sets, file):
    rows = []
    for batches in sets.values():
        *inputs, truth = (x[:6].float() for x in batches[0])
        fill, unknown = inputs[0], inputs[-1]
        rows += [torch.cat(list(x), 2) for x in (fill * (1 - unknown), fill, guide.paint(*inputs), truth)]
    cv2.imwrite(file, (torch.cat(rows, 1).clamp(0, 1).permute(1, 2, 0).numpy()[..., ::-1] * 255).astype("uint8"))


def begin(guide, weights):
    """Starts from a guide's weights, or from a narrower mix of mix.py."""
    if "mix.mean" in weights:
        guide.load_state_dict({name: value.float() for name, value in weights.items()})
    else:
        widen(guide, weights)


def arguments():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--cache", default="runs/cache", help="made by mix.py or data.py")
    a.add_argument("--out", default="runs/guide")
    a.add_argument("--held-out-cache", help="where the held-out photos and silhouettes are, if not in --cache")
    a.add_argument("--init", help="guide.pt to go on from, or a mix.pt to be widened; else random weights")
    a.add_argument("--minutes", type=float, required=True, help="in all, with those before")
    a.add_argument(
        "--cooldown", type=float, default=0, help="minutes at the end over which the learning rate falls to nothing"
    )
    a.add_argument("--lr", type=float, default=5e-4)
    return a.parse_args()


def main():
    a = arguments()
    os.makedirs(a.out, exist_ok=True)
    torch.manual_seed(0)
    guide, latest = Guide(), f"{a.out}/latest.pt"
    if a.init:
        begin(guide, torch.load(a.init))
    guide = guide.to(memory_format=torch.channels_last)
    ema = AveragedModel(guide, multi_avg_fn=get_ema_multi_avg_fn(EMA))
    optimizer = torch.optim.AdamW(guide.parameters(), a.lr, BETAS, weight_decay=DECAY, fused=True)
    step, spent = 0, 0.0
    if os.path.exists(latest):
        c = torch.load(latest)
        guide.load_state_dict(c["guide"]), ema.load_state_dict(c["ema"]), optimizer.load_state_dict(c["optimizer"])
        step, spent = c["step"], c["spent"]
    calls = Calls(a.cache, "train", 1000 + step, BATCH)
    fresh = lambda: [x.half() for x in prepared(calls)]
    pool = collections.deque((fresh() for _ in range(FIRST)), POOL)
    if not (a.init or step):
        around = torch.cat([batch[1].float() for batch in pool])
        for name, value in (("mean", around.mean((0, 2, 3))), ("std", around.std((0, 2, 3)) + 1e-3)):
            for mix in (guide.mix, ema.module.mix):
                getattr(mix, name).copy_(value.view(-1, 1, 1))
    sets = held_out(a.held_out_cache or a.cache, f"{a.out}/held-out.pt")
    sums, last, began, saved = torch.zeros(2, len(SCALES)), time.time(), step, time.time()

    def report():
        training = f"training {10 * (sums[1] / sums[0]).log10()[0]:+.3f} dB; " if step else ""
        line = f"step {step}, {spent / 60:.0f} min; {training}held out {validate(ema.module, sets)}"
        print(line, flush=True)
        with open(f"{a.out}/log.txt", "a") as f:
            f.write(line + "\n")
        write_sheet(ema.module, sets, f"{a.out}/sheet.png")

    def save():
        state = dict(
            guide=guide.state_dict(), ema=ema.state_dict(), optimizer=optimizer.state_dict(), step=step, spent=spent
        )
        for name, what in (("latest.pt", state), ("guide.pt", ema.module.state_dict())):
            torch.save(what, f"{a.out}/{name}.new")
            os.replace(f"{a.out}/{name}.new", f"{a.out}/{name}")

    while (left := a.minutes * 60 - spent) > 0:
        if step % LOG == 0 and (step > began or not step):
            report()
            sums.zero_()
        if time.time() - saved > SAVE:
            save()
            saved = time.time()
        if step % REUSE == 0:
            pool.append(fresh())
        batch = [x.float() for x in random.choice(pool)]
        rate = a.lr * min(1, (step + 1) / 100, left / (a.cooldown * 60 + 1e-9))
        for group in optimizer.param_groups:
            group["lr"] = rate
        guide.train()
        ours, floor = errors(guide, batch)
        optimizer.zero_grad()
        loss_of(ours, floor).backward()
        torch.nn.utils.clip_grad_norm_(guide.parameters(), CLIP)
        optimizer.step()
        ema.update_parameters(guide)
        step += 1
        sums += torch.stack([ours.detach().mean(0), floor.mean(0)])
        spent, last = spent + min(time.time() - last, LONGEST), time.time()
    report()
    save()


if __name__ == "__main__":
    main()
