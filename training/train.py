"""Train the inpainter. One phase is one call; a phase that was cut off goes on where it stopped, a new --phase starts
from the last one's weights.

  python train.py --out runs/a --mix runs/mix/mix.pt --phase small --size 128x96,192x128 --frames 2 --minutes 60
  python train.py --out runs/a --phase large --size 320x192,480x288 --frames 4 --batch 4 --minutes 60
  torchrun --nproc_per_node=8 train.py ...      several GPUs, or CPU cores; every process takes its own --batch clips

Writes to --out: latest.pt (every few minutes, atomically), log.txt (one line each LOG steps), sheet-<phase>.png
(masked, fill, painted, truth).
"""

import argparse
import math
import os
import time

import cv2
import torch
import torch.distributed as dist
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from data import Clips, build_cache, fill_of
from losses import Patches, feature_distance, load_features, masked_mean
from model import Config, Inpainter, box_mean, new_state, take_over

# ---- settings, each with its why -------------------------------------------------------------------------------------
# AdamW; 1.5e-3 blew the token stream up to a constant within 600 steps; cosine to 2 % by WALL TIME, so a shared machine
# still anneals
LR = 8e-4
WARMUP = 100  # steps; the zero-initialised output needs little
EMA = 0.998  # about the last 500 steps
SEEN = 0.25  # weight of hole pixels that the plate knows: the compositor takes those from the plate
# x the mean over clips of log MSE (so every clip counts alike; pooled MSE listens to a few loud ones), weighted by
# nearness
SQUARE = 0.1
# least weight of a hole pixel; near the known it is up to 1: deep inside, the truth is mostly noise to learn from (Yu
# et al. 2018)
DEEP = 0.3
# x log of the factor by which a clip's error on never-seen pixels exceeds that of the push-pull fill: unsure means stay
# there
FLOOR = 0.3
# x the scorer's own feature distance, over the hole's share of the picture. 0.04 from the start drew checkerboards
# before shapes
FEATURE = 0.005
TEMPORAL = 0.5  # x difference of the frame-to-frame changes
REPAINT = 0.2  # x "painting a painted frame changes nothing"
REPAINT_CHANCE = 0.15
CORRUPT = 0.25  # chance, at each frame, that the fed-back state is wrong: noise, a colour shift, another clip's paint
DETACH = 0.3  # chance, at each frame, that the gradient stops at the state: long roll-outs in little memory
LOG, SAVE = 50, 240  # steps a log line, seconds a checkpoint


def arguments():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--train", default="../../shared/train")
    a.add_argument("--features", default="../../shared/models/squeezenet1_1_features.onnx")
    a.add_argument("--cache", default="runs/cache")
    a.add_argument("--out", default="runs/a")
    a.add_argument("--phase", required=True)
    a.add_argument(
        "--size", default="192x128", help="one or more, with commas: each batch draws one; --batch is for the first"
    )
    a.add_argument(
        "--frames",
        default="2",
        help="one or more, with commas, as --size: single frames teach painting, longer clips the memory",
    )
    a.add_argument("--batch", type=int, default=8)
    a.add_argument(
        "--init", help="weights to start from, as far as they fit, where there is no checkpoint: ../weights/inpaint.pt"
    )
    a.add_argument("--mix", help="weights from mix.py, which are then kept as they are")
    a.add_argument("--minutes", type=float, default=40)
    a.add_argument("--steps", type=int, help="stop after so many steps instead: equal budgets for ablations")
    a.add_argument("--slots", type=int, default=Config.slots)
    a.add_argument("--hole-queries", action="store_true")
    a.add_argument("--without", nargs="*", default=[], choices=["memory", "plate", "cpe"], help="ablations")
    a.add_argument("--lr", type=float, default=LR)
    a.add_argument("--feature", type=float, default=FEATURE)
    a.add_argument("--adversarial", type=float, default=0, help="weight of the discriminator's term; 0 = off")
    return a.parse_args()


def corrupt(state):
    """The state as a careless runtime or a lost frame might leave it."""
    tokens, slots, paint = state
    kind = torch.randint(3, ()).item()
    rgb, mask = paint.split((3, 1), 1)
    if kind == 0:
        rgb = rgb + torch.randn(rgb.shape[0], 3, 1, 1, device=rgb.device) * 0.1 * mask
    elif kind == 1:
        rgb = rgb + torch.randn_like(rgb) * 0.1 * mask
    else:
        rgb = rgb.roll(1, 0)
    return tokens + torch.randn_like(tokens) * 0.1, slots, torch.cat([rgb, mask], 1)


def roll_out(net, clip, device, training, without=()):
    """clip: B T C H W tensors -> outputs and fills, B T 3 H W; frame after frame, state in, state out. `without`
    "memory": from an empty state each time; "plate": nothing is known but the frame."""
    if "plate" in without:
        clip = {**clip, "plate": clip["plate"] * 0, "known": clip["known"] * 0}
    b, t, _, h, w = clip["frame"].shape
    flat = {k: clip[k].flatten(0, 1) for k in ("frame", "hole", "plate", "known")}
    fill = fill_of(**flat).unflatten(0, (b, t))
    tokens, slots, paint = new_state(net.cfg, b, w, h, device=device)
    empty = (tokens.bfloat16(), slots, paint)
    state, outs = empty, []
    for i in range(t):
        if "memory" in without:
            state = empty
        if training and i and torch.rand(()) < CORRUPT:
            state = corrupt(state)
        if training and i and torch.rand(()) < DETACH:
            state = tuple(s.detach() for s in state)
        with torch.autocast(device.type, torch.bfloat16):
            out, *state = net(*(clip[k][:, i] for k in ("frame", "hole", "plate", "known")), fill[:, i], *state)
        outs.append(out)
    return torch.stack(outs, 1), fill


def nearness(sure):
    """How much is known around each pixel, in three windows: N 1 H W, DEEP..1."""
    h = sure.shape[-2]
    return DEEP + (1 - DEEP) * sum(box_mean(sure, r) for r in (h // 32, h // 16, h // 8)) / 3


class Objective(nn.Module):
    """The network and its losses as one module, so that DDP averages the gradients of one forward pass over all frames
    of a clip. `helpers`, the feature trunk and the discriminator (or None each), stay out of what is trained."""

    def __init__(self, net, trunk, disc, a):
        super().__init__()
        self.net, self.helpers, self.a = net, (trunk, disc), a

    def forward(self, clip):
        """-> loss terms by name, what the discriminator learns from (fake, real, cell) or None."""
        a, (trunk, disc), device = self.a, self.helpers, clip["frame"].device
        out, fill = roll_out(self.net, clip, device, True, a.without)
        truth, hole, known = clip["truth"], clip["hole"], clip["known"]
        flat = lambda x: x.flatten(0, 1)
        each_clip = lambda x: x.unflatten(0, hole.shape[:2]).sum((1, 2, 3, 4))
        never = flat(hole * (1 - known))
        weight = (never + flat(SEEN * hole * known)) * nearness(1 - never)
        error = flat(out - truth)
        per_clip = each_clip(error**2 * weight) / (each_clip(weight) * 3 + 1)
        terms = {"l1": masked_mean(error.abs(), weight), "mse": SQUARE * torch.log(per_clip + 1e-4).mean()}
        ours, floor = (
            torch.log(each_clip(x**2 * never) / (each_clip(never) * 3 + 1) + 1e-5) for x in (error, flat(fill - truth))
        )
        terms["floor"] = FLOOR * F.relu(ours - floor).mean()
        shown = truth + hole * (out - truth)  # only the fill counts, as in the scorer
        t = out.shape[1]
        pick = torch.randint(t, ()).item()
        if a.feature:
            share = hole[:, pick].mean((1, 2, 3)).clamp(min=0.05)
            with torch.autocast(device.type, torch.bfloat16):
                distance = feature_distance(trunk, shown[:, pick], truth[:, pick])
            terms["feature"] = a.feature * (distance / share).mean()
        if t > 1:
            both = flat(hole[:, 1:] * hole[:, :-1])
            terms["time"] = TEMPORAL * masked_mean(flat(out.diff(dim=1) - truth.diff(dim=1)).abs(), both)
            if torch.rand(()) < REPAINT_CHANCE:
                terms["repaint"] = REPAINT * self.repaint(clip, shown[:, -1].detach())
        if not a.adversarial:
            return terms, None
        now = pick
        before = max(0, now - 1)
        with torch.autocast(device.type, torch.bfloat16):
            judged = disc(shown[:, before], shown[:, now], hole[:, now])
        cell = F.adaptive_max_pool2d(hole[:, now], judged.shape[-2:])
        terms["adversarial"] = -a.adversarial * masked_mean(judged, cell)
        fake = shown[:, before].detach(), shown[:, now].detach(), hole[:, now]
        return terms, (fake, (truth[:, before], truth[:, now], hole[:, now]), cell)

    def repaint(self, clip, painted):
        """The painted frame is now the camera's, and a part of it is hidden again: painting it anew should change
        nothing."""
        by = tuple(torch.randint(-40, 40, ()).item() for _ in range(2))
        again = clip["hole"][:, -1].roll(by, (2, 3)) * clip["hole"][:, -1]
        one = {
            "frame": painted[:, None],
            "hole": again[:, None],
            "plate": clip["plate"][:, -1:],
            "known": clip["known"][:, -1:] * 0,
        }
        redone, _ = roll_out(self.net, one, painted.device, False, self.a.without)
        return masked_mean((redone[:, 0] - painted).abs(), again)


def discriminator_step(disc, opt, fake, real, cell):
    """One step of the hinge loss, only where the hole is. -> the loss."""
    with torch.autocast(cell.device.type, torch.bfloat16):
        # one forward pass: DDP averages one at a time
        f, r = disc(*(torch.cat(pair) for pair in zip(fake, real))).chunk(2)
    loss = masked_mean(F.relu(1 + f), cell) + masked_mean(F.relu(1 - r), cell)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()
    return loss.detach()


def same_clock(seconds, device):
    """The first process's seconds, so that all stop at the same step."""
    if not dist.is_initialized():
        return seconds
    clock = torch.tensor(seconds, dtype=torch.float64, device=device)
    dist.broadcast(clock, 0)
    return clock.item()


@torch.no_grad()
def validate(net, clips, device, sheet, without=()):
    """dB on never-seen hole pixels, net and fill, over held-out clips; writes the sheet."""
    net.eval()
    se, n, rows = torch.zeros(2), 0.0, []
    for clip in clips:
        out, fill = roll_out(net, clip, device, False, without)
        never = clip["hole"] * (1 - clip["known"])
        for j, x in enumerate((out, fill)):
            se[j] += (((x.clamp(0, 1) - clip["truth"]) ** 2) * never).sum().cpu()
        n += never.sum().item() * 3
        shown = clip["frame"] * (1 - 0.8 * clip["hole"])
        rows.append(torch.cat([torch.cat([x[:, -1] for x in (shown, fill, out, clip["truth"])], 3)], 0).flatten(0, 0))
    picture = torch.cat([torch.cat(list(r), 1) for r in rows[:2]], 2).clamp(0, 1)
    cv2.imwrite(sheet, (picture.permute(1, 2, 0).float().cpu().numpy()[..., ::-1] * 255).round().astype("uint8"))
    net.train()
    return [10 * math.log10(n / s) for s in se.tolist()]


def start():
    """-> rank, processes, device. `torchrun` says so in the environment; without it there is one process."""
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    local = int(os.environ.get("LOCAL_RANK", 0))
    device = torch.device("cuda", local) if torch.cuda.is_available() else torch.device("cpu")
    if world > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
        torch.set_num_threads(max(1, os.cpu_count() // world))
    return rank, world, device


def networks(a, device):
    """-> the network, its discriminator. Frozen parts are left out of training by `requires_grad`."""
    torch.manual_seed(0)  # every process starts from the same weights
    net = (
        Inpainter(Config(slots=a.slots, hole_queries=a.hole_queries))
        .to(device, memory_format=torch.channels_last)
        .train()
    )
    if "cpe" in a.without:  # it starts at zero and stays there
        for name, p in net.named_parameters():
            p.requires_grad_("cpe" not in name)
    return net, Patches().to(device, memory_format=torch.channels_last)


def main():
    a = arguments()
    sizes, frames = [tuple(map(int, s.split("x"))) for s in a.size.split(",")], [int(n) for n in a.frames.split(",")]
    rank, world, device = start()
    os.makedirs(a.out, exist_ok=True)
    if rank == 0:
        build_cache(a.train, a.cache)
    if world > 1:
        dist.barrier()
    (net, disc), latest = networks(a, device), f"{a.out}/latest.pt"
    c = torch.load(latest, map_location=device) if os.path.exists(latest) else None
    if a.init and not c:
        take_over(net, torch.load(a.init, map_location=device)["ema"])
    if c:
        net.load_state_dict(c["net"]), disc.load_state_dict(c["disc"])
    ema = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(EMA))
    if c:
        ema.module.load_state_dict(c["ema"]), ema.n_averaged.fill_(c["step"])
    if a.mix:  # it was fitted with its own floor in mind: the network adds its say to it, and does not pull it about
        for n in (net, ema.module):
            n.mix.load_state_dict(torch.load(a.mix, map_location=device))
        net.mix.requires_grad_(False)
    trained = [p for p in net.parameters() if p.requires_grad]  # AdamW would let frozen ones decay
    opt = torch.optim.AdamW(trained, lr=a.lr, betas=(0.9, 0.95), weight_decay=0.05, fused=True)
    opt_d = torch.optim.AdamW(disc.parameters(), lr=4e-4, betas=(0.5, 0.98), weight_decay=0)
    # steps in all, those before this phase; seconds of this phase, of those before it
    step = begun = elapsed = total = 0
    if c:
        opt_d.load_state_dict(c["opt_d"])
        step = begun = c["step"]
        total = c["total"]
        if c["phase"] == a.phase:
            opt.load_state_dict(c["opt"])
            elapsed, begun = c["elapsed"], c["start"]
    objective, judge = Objective(net, load_features(a.features).to(device), disc, a), disc
    if world > 1:  # a random detach leaves a process without some gradients
        objective = DistributedDataParallel(objective, broadcast_buffers=False, find_unused_parameters=True)
        judge = DistributedDataParallel(disc, broadcast_buffers=False)
    val = Clips(a.cache, "val", [max(sizes)], [max(frames)], 4, seed=7, limit=8 if max(sizes)[0] < 400 else 4)
    val = [
        {k: v.to(device) for k, v in x.items()}
        for x in torch.utils.data.DataLoader(val, batch_size=None, num_workers=1)
    ]
    clips = Clips(a.cache, "train", sizes, frames, a.batch, seed=step, rank=rank)
    workers = 1 if device.type == "cpu" else 8
    loader = iter(torch.utils.data.DataLoader(clips, batch_size=None, num_workers=workers, prefetch_factor=4))
    torch.manual_seed(step * world + rank)
    clock, saved, sums, progress = time.time() - elapsed, time.time(), {}, 0.0
    while progress < 1:
        for g in opt.param_groups:
            g["lr"] = (
                a.lr * min(1, (step - begun + 1) / WARMUP) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
            )
        clip = {k: v.to(device) for k, v in next(loader).items()}
        terms, pairs = objective(clip)
        opt.zero_grad(set_to_none=True)
        sum(terms.values()).backward()
        norm = torch.nn.utils.clip_grad_norm_(trained, 1.0)
        if torch.isfinite(norm):
            opt.step()
        if pairs:
            terms["disc"] = discriminator_step(judge, opt_d, *pairs)
        ema.update_parameters(net)
        step += 1
        elapsed = same_clock(time.time() - clock, device)
        progress = min(1, (step - begun) / a.steps if a.steps else elapsed / (a.minutes * 60))
        for k, v in terms.items():
            sums.setdefault(k, []).append(v.item())
        if rank:
            continue
        if step % LOG == 0:
            means = " ".join(f"{k} {sum(v) / len(v):.4f}" for k, v in sums.items())
            log(
                a.out,
                f"{a.phase} step {step} min {elapsed / 60:.1f} lr {g['lr']:.1e} norm {norm:.2f} {means}",
            )
            sums = {}
        if time.time() - saved > SAVE or progress == 1:
            never, floor = validate(ema.module, val, device, f"{a.out}/sheet-{a.phase}.png", a.without)
            log(
                a.out,
                f"{a.phase} step {step} min {(total + elapsed) / 60:.1f} val never {never:.3f} dB, fill {floor:.3f} dB",
            )
            state = dict(
                config=vars(net.cfg),
                net=net.state_dict(),
                ema=ema.module.state_dict(),
                disc=disc.state_dict(),
                opt=opt.state_dict(),
                opt_d=opt_d.state_dict(),
                step=step,
                start=begun,
                phase=a.phase,
                elapsed=elapsed,
                total=total + elapsed if progress == 1 else total,
            )
            torch.save(state, latest + ".new")
            os.replace(latest + ".new", latest)
            saved = time.time()
    if world > 1:
        dist.destroy_process_group()


def log(out, line):
    print(line, flush=True)
    with open(f"{out}/log.txt", "a") as f:
        f.write(f"{time.strftime('%H:%M:%S')} {line}\n")


if __name__ == "__main__":
    main()
