"""Trains the mix of the three fills (push-pull, rows, columns), 1.5 M weights, before the network. Resumable.

  python mix.py --cache runs/cache --out runs/mix --minutes 60        (again with more minutes: it goes on)
  python mix.py ... --out runs/mix2 --init runs/mix/mix.pt --minutes 6.5 --lr 6e-4 --floor 0.15      (another phase)

Which fill to believe is a matter of the clues at a pixel (`Inpainter.guides`) and of a broad view of its surroundings
(`Surroundings`), which also adds a shade of its own. Broad views can be learnt at a small size, where pictures are
cheap (`scenes.py`): seven batches in eight are those. The eighth is of clips at the sizes of `CLIPS` (`data.py`), made
once: single pixels of each. train.py takes <out>/mix.pt with --mix.
"""

import argparse
import collections
import math
import os
import random
import threading
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from data import Clips, build_cache, fill_of
from model import Inpainter, Mix, take_over
from scenes import Scenes

CLIPS, HELD_OUT = {(192, 128): 2400, (320, 192): 800}, {(192, 128): 240, (320, 192): 96}  # how many clips of each size
PIXELS, HELD_OUT_PIXELS = 250, 800  # of each
SMALL = ((72, 96), (72, 120))  # heights and widths of the small scenes
COUNT, CLIP_COUNT = 28, 24  # pictures a batch
POOL, REUSE = 120, 3  # batches of scenes kept, and how often each is used: making one takes as long as learning from it
SCENES = 8  # one batch in so many is of clips
LONGEST = 10  # seconds that a step counts for at most: a paused machine's clock is not ours


def prepared(c):
    """One frame each (N C H W) -> what the mix is given (surroundings as `Mix.small` before standardisation, clues,
    guides), what it should add to the fill, and where."""
    c = dict(c)
    truth = c.pop("truth")
    fill = fill_of(**c)
    guides, clues = Inpainter.guides(**c, fill=fill)
    unknown = c["hole"] * (1 - c["known"])
    small = Mix().small(clues, guides, c["frame"] * (1 - c["hole"]) + fill * c["hole"], unknown, c["hole"])
    return small, clues, guides, (truth - fill) * unknown, unknown


@torch.no_grad()
def samples(cache, split, size, clips, pixels, seed):
    """Of each clip its surroundings; of `pixels` never-seen pixels their place (-1..1), clues, guides and what to add.
    A list of tensors, clips first."""
    rng, out = np.random.default_rng(seed), []
    for batch in Clips(cache, split, [size], [1], 8, seed=seed, limit=None):
        small, clues, guides, wanted, unknown = prepared({k: v[:, 0] for k, v in batch.items()})
        for b, never in enumerate(unknown[:, 0].numpy() > 0):
            at = rng.choice(np.flatnonzero(never), pixels)
            place = np.stack([at % size[0] * 2 + 1, at // size[0] * 2 + 1], -1) / size - 1
            out.append(
                [
                    small[b].half(),
                    torch.from_numpy(place.astype(np.float32)),
                    *(x[b].flatten(1)[:, at] for x in (clues, guides, wanted)),
                ]
            )
        if len(out) >= clips:
            return [torch.stack(x) for x in zip(*out)]


def surroundings(mix, small):
    with torch.autocast(small.device.type, torch.bfloat16, enabled=mix.training):
        return mix.surroundings((small - mix.mean) / mix.std)[0].float()


def clip_errors(mix, small, place, clues, guides, wanted):
    """Mean square error of each clip over its sampled pixels, and that of the push-pull fill."""
    around = F.grid_sample(
        surroundings(mix, small.float()), place[:, :, None], padding_mode="border", align_corners=False
    )
    logits, shade = around.split(3, 1)
    ours = mix.blend(mix.at(clues[..., None]) + logits, shade, guides[..., None])[..., 0]
    return ((ours - wanted) ** 2).mean((1, 2)), (wanted**2).mean((1, 2))


def scene_errors(mix, small, clues, guides, wanted, unknown):
    """The same over all never-seen pixels of small scenes."""
    around = F.interpolate(surroundings(mix, small), scale_factor=2, mode="bilinear", align_corners=False)
    logits, shade = around.split(3, 1)
    ours = mix.blend(mix.at(clues) + logits, shade, guides) * unknown
    n = unknown.sum((1, 2, 3)) * 3
    return ((ours - wanted) ** 2).sum((1, 2, 3)) / n, (wanted**2).sum((1, 2, 3)) / n


class Stream(torch.utils.data.IterableDataset):
    """Endless prepared batches of small scenes, in half precision to keep many."""

    def __init__(self, cache, seed):
        self.cache, self.seed = cache, seed

    @torch.no_grad()
    def __iter__(self):
        torch.set_num_threads(1)
        worker = torch.utils.data.get_worker_info()
        scenes = Scenes(self.cache, "train", self.seed + (worker.id if worker else 0), COUNT)
        while True:
            yield [x.half() for x in prepared(scenes.batch(*SMALL[scenes.pick(len(SMALL)).item()]))]


class Pool:
    """The latest batches of a loader, drawn from at random; waits where they have been used often enough."""

    def __init__(self, loader):
        self.kept, self.made, self.used = collections.deque(maxlen=POOL), 0, 0
        threading.Thread(target=self.fill, args=(loader,), daemon=True).start()

    def fill(self, loader):
        for batch in loader:
            self.kept.append(batch)
            self.made += 1

    def draw(self):
        while self.made < 4 or self.used > REUSE * self.made:
            time.sleep(0.05)
        self.used += 1
        batch = [x.float() for x in random.choice(list(self.kept))]
        return [x.flip(3) for x in batch] if random.random() < 0.5 else batch


@torch.no_grad()
def validate(mix, held_out):
    mix.eval()
    errors = [
        [
            torch.cat(x)
            for x in zip(*(clip_errors(mix, *(x[i : i + 40].float() for x in v)) for i in range(0, len(v[0]), 40)))
        ]
        for v in held_out
    ]
    pooled = lambda e, fill: f"{10 * (fill.mean() / e.mean()).log10():+.3f}"
    e, fill = (torch.cat(x) for x in zip(*errors))
    each = ", ".join(pooled(*x) for x in errors)
    mean, worse = 10 * (fill / e).log10().mean(), (e > fill * 1.0233).float().mean()
    return (
        f"over push-pull {pooled(e, fill)} dB pooled ({each}), {mean:+.3f} mean of clips; worse by 0.1 dB: {worse:.0%}"
    )


def cached(file, make):
    if not os.path.exists(file):
        torch.save(make(), file)
    return torch.load(file)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--train", default="../../shared/train")
    a.add_argument("--cache", default="runs/cache")
    a.add_argument("--out", default="runs/mix")
    a.add_argument(
        "--minutes",
        type=float,
        required=True,
        help="in all, with those before; the learning rate falls over the second half",
    )
    a.add_argument("--init", help="weights to start from instead of new ones: a mix.pt, or ../weights/inpaint.pt")
    a.add_argument("--lr", type=float, default=2e-3)
    a.add_argument("--ema", type=float, default=0.998)
    a.add_argument(
        "--log-mse",
        type=float,
        default=0.02,
        help="x log of a picture's error, beside the pooled one: every picture counts",
    )
    a.add_argument(
        "--floor",
        type=float,
        default=0.02,
        help="x log of how many times its error exceeds that of push-pull: where it is unsure, the mix stays there",
    )
    a = a.parse_args()
    build_cache(a.train, a.cache)
    os.makedirs(a.out, exist_ok=True)
    torch.manual_seed(0)
    held_out = cached(
        f"{a.out}/held-out.pt",
        lambda: [samples(a.cache, "val", size, n, HELD_OUT_PIXELS, 7) for size, n in HELD_OUT.items()],
    )
    clips = cached(
        f"{a.out}/clips.pt",
        lambda: [samples(a.cache, "train", size, n, PIXELS, i) for i, (size, n) in enumerate(CLIPS.items())],
    )
    mix = Mix()
    first = clips[0][0][::4].float()
    mix.mean.copy_(first.mean((0, 2, 3)).view(-1, 1, 1)), mix.std.copy_(first.std((0, 2, 3)).view(-1, 1, 1) + 1e-3)
    if a.init:
        weights = torch.load(a.init)
        if "ema" in weights:  # a released file
            weights = {k.removeprefix("mix."): v for k, v in weights["ema"].items() if k.startswith("mix.")}
        print(f"{take_over(mix, weights)} tensors start anew", flush=True)
    ema = AveragedModel(mix, multi_avg_fn=get_ema_multi_avg_fn(a.ema))
    optimizer = torch.optim.AdamW(mix.parameters(), a.lr, betas=(0.9, 0.98), weight_decay=0.02)
    step, spent, latest = 0, 0.0, f"{a.out}/latest.pt"
    if os.path.exists(latest):
        c = torch.load(latest)
        (
            mix.load_state_dict(c["net"]),
            ema.module.load_state_dict(c["ema"]),
            ema.n_averaged.fill_(c["step"]),
            optimizer.load_state_dict(c["opt"]),
        )
        step, spent = c["step"], c["done"]
    pool = Pool(
        torch.utils.data.DataLoader(Stream(a.cache, 1000 * step), batch_size=None, num_workers=1, prefetch_factor=4)
    )
    last = saved = time.time()
    sums = [0.0, 0.0]
    while spent < a.minutes * 60:
        spent, last = spent + min(time.time() - last, LONGEST), time.time()
        progress = spent / (a.minutes * 60)
        rate = a.lr * min(1, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * max(0, 2 * progress - 1)))
        for group in optimizer.param_groups:
            group["lr"] = rate + 1e-5
        mix.train()
        if step % SCENES == SCENES - 1:
            one = clips[random.randrange(len(clips))]
            at = torch.randint(len(one[0]), (CLIP_COUNT,))
            small, place, *rest = (x[at].float() for x in one)
            if random.random() < 0.5:
                small, place = small.flip(3), place * torch.tensor([-1.0, 1])
            e, fill = clip_errors(mix, small, place, *rest)
        else:
            e, fill = scene_errors(mix, *pool.draw())
            sums = [sums[0] + e.mean().item(), sums[1] + fill.mean().item()]
        worse = torch.relu(torch.log(e + 1e-5) - torch.log(fill + 1e-5)).mean()
        loss = e.mean() + a.log_mse * torch.log(e + 1e-4).mean() + a.floor * worse
        optimizer.zero_grad(), loss.backward()
        torch.nn.utils.clip_grad_norm_(mix.parameters(), 1.0)
        optimizer.step()
        step += 1
        ema.update_parameters(mix)
        if step % 250 == 0:
            line = f"step {step}, {spent / 60:.0f} min, {pool.made * COUNT} scenes since the start; "
            line += f"training {10 * math.log10(sums[1] / sums[0]):+.3f} dB; held out {validate(ema.module, held_out)}"
            print(line, flush=True)
            with open(f"{a.out}/log.txt", "a") as f:
                f.write(line + "\n")
            sums = [0.0, 0.0]
        if time.time() - saved > 180:
            save(latest, mix, ema.module, optimizer, step, spent)
            saved = time.time()
    save(latest, mix, ema.module, optimizer, step, spent)
    torch.save(ema.module.state_dict(), f"{a.out}/mix.pt")
    print(f"step {step}: {validate(ema.module, held_out)}", flush=True)
    os._exit(0)  # the loader's thread would wait for a batch


def save(file, mix, ema, optimizer, step, done):
    torch.save(
        dict(net=mix.state_dict(), ema=ema.state_dict(), opt=optimizer.state_dict(), step=step, done=done),
        file + ".new",
    )
    os.replace(file + ".new", file)


if __name__ == "__main__":
    main()
