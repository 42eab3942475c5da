"""Train the inpainter. One phase is one call; a phase that was cut off goes on where it stopped, a new --phase starts from the last one's weights.

  python train.py --out runs/a --mix runs/mix/mix.pt --phase small --size 128x96,192x128 --frames 2 --batch 12 --minutes 60
  python train.py --out runs/a --phase large --size 320x192,480x288 --frames 4 --batch 4 --minutes 60
  torchrun --nproc_per_node=8 train.py ...         several GPUs, or CPU cores (one thread each beats one process with many on a busy machine);
                                                   every process takes its own --batch clips, gradients are averaged

Writes to --out: latest.pt (every few minutes, atomically), log.txt (one line each LOG steps), sheet-<phase>.png (masked, fill, painted, truth).
"""
import argparse
import math
import os
import time

import cv2
import torch
import torch.distributed as dist
import torch.nn.functional as F

from data import Clips, build_cache, fill_of
from losses import Patches, feature_distance, load_features, masked_mean
from model import Config, Inpainter, box_mean, new_state, take_over

# ---- settings, each with its why -------------------------------------------------------------------------------------------------
LR = 8e-4  # AdamW; 1.5e-3 blew the token stream up to a constant within 600 steps; cosine to 2 % by WALL TIME, so a shared machine still anneals
WARMUP = 100  # steps; the zero-initialised output needs little
EMA = 0.998  # about the last 500 steps
SEEN = 0.25  # weight of hole pixels that the plate knows: the compositor takes those from the plate
SQUARE = 0.1  # x the mean over clips of log MSE (so every clip counts alike; pooled MSE listens to a few loud ones), weighted by nearness
DEEP = 0.3  # least weight of a hole pixel; near the known it is up to 1: deep inside, the truth is mostly noise to learn from (Yu et al. 2018)
FLOOR = 0.3  # x log of the factor by which a clip's error on never-seen pixels exceeds that of the push-pull fill: unsure means stay there
FEATURE = 0.005  # x the scorer's own feature distance, over the hole's share of the picture. 0.04 from the start drew checkerboards before shapes
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
    a.add_argument("--size", default="192x128", help="one or more, with commas: each batch draws one; --batch is for the first")
    a.add_argument("--frames", default="2", help="one or more, with commas, as --size: single frames teach painting, longer clips the memory")
    a.add_argument("--batch", type=int, default=8)
    a.add_argument("--init", help="weights to start from, as far as they fit, where there is no checkpoint: ../weights/inpaint.pt")
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
    """clip: B T C H W tensors -> outputs and fills, B T 3 H W; frame after frame, state in, state out. `without` "memory": from an empty state
    each time; "plate": nothing is known but the frame."""
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


def losses(net, disc, trunk, clip, a, device):
    out, fill = roll_out(net, clip, device, True, a.without)
    truth, hole, known = clip["truth"], clip["hole"], clip["known"]
    flat = lambda x: x.flatten(0, 1)
    never = flat(hole * (1 - known))
    weight = (never + flat(SEEN * hole * known)) * nearness(1 - never)
    error = flat(out - truth)
    per_clip = ((error**2) * weight).unflatten(0, hole.shape[:2]).sum((1, 2, 3, 4)) / (weight.unflatten(0, hole.shape[:2]).sum((1, 2, 3, 4)) * 3 + 1)
    terms = {"l1": masked_mean(error.abs(), weight), "mse": SQUARE * torch.log(per_clip + 1e-4).mean()}
    squares = [((x**2) * never).unflatten(0, hole.shape[:2]).sum((1, 2, 3, 4)) for x in (error, flat(fill - truth))]
    ours, floor = (torch.log(x / (never.unflatten(0, hole.shape[:2]).sum((1, 2, 3, 4)) * 3 + 1) + 1e-5) for x in squares)
    terms["floor"] = FLOOR * F.relu(ours - floor).mean()
    shown = truth + hole * (out - truth)  # only the fill counts, as in the scorer
    b, t = out.shape[:2]
    pick = torch.randint(t, ()).item()
    share = hole[:, pick].mean((1, 2, 3)).clamp(min=0.05)
    if a.feature:
        with torch.autocast(device.type, torch.bfloat16):
            terms["feature"] = a.feature * (feature_distance(trunk, shown[:, pick], truth[:, pick]) / share).mean()
    if t > 1:
        both = flat(hole[:, 1:] * hole[:, :-1])
        terms["time"] = TEMPORAL * masked_mean(flat(out.diff(dim=1) - truth.diff(dim=1)).abs(), both)
        if torch.rand(()) < REPAINT_CHANCE:  # the painted frame is now the camera's; a part of it is hidden again
            painted = shown[:, -1].detach()
            again = hole[:, -1].roll((torch.randint(-40, 40, ()).item(), torch.randint(-40, 40, ()).item()), (2, 3)) * hole[:, -1]
            one = {"frame": painted[:, None], "hole": again[:, None], "plate": clip["plate"][:, -1:], "known": known[:, -1:] * 0}
            redone, _ = roll_out(net, one, device, False, a.without)
            terms["repaint"] = REPAINT * masked_mean((redone[:, 0] - painted).abs(), again)
    if a.adversarial:
        before, now = max(0, pick - 1), pick
        with torch.autocast(device.type, torch.bfloat16):
            judged = disc(shown[:, before], shown[:, now], hole[:, now])
        cell = F.adaptive_max_pool2d(hole[:, now], judged.shape[-2:])
        terms["adversarial"] = -a.adversarial * masked_mean(judged, cell)
        fake, real = (shown[:, before].detach(), shown[:, now].detach(), hole[:, now]), (truth[:, before], truth[:, now], hole[:, now])
        return terms, (fake, real, cell), out, fill
    return terms, None, out, fill


def discriminator_step(disc, opt, pairs, device):
    fake, real, cell = pairs
    opt.zero_grad(set_to_none=True)
    with torch.autocast(device.type, torch.bfloat16):
        f, r = disc(*fake), disc(*real)
    loss = masked_mean(F.relu(1 + f), cell) + masked_mean(F.relu(1 - r), cell)  # hinge, only where the hole is
    loss.backward()
    average_gradients(disc)
    opt.step()
    return loss.item()


def average_gradients(module, extra=0.0):
    """One flat all-reduce for everything, with one number along (its mean comes back): many small ones would wait for each other."""
    if not dist.is_initialized():
        return extra
    for p in module.parameters():  # a random detach may leave one process without some gradients
        if p.grad is None:
            p.grad = torch.zeros_like(p)
    grads = [p.grad for p in module.parameters()]
    flat = torch.cat([torch.tensor([extra], device=grads[0].device)] + [g.flatten() for g in grads])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for g, mean in zip(grads, flat[1:].split([g.numel() for g in grads])):
        g.copy_(mean.view_as(g))
    return flat[0].item()


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


def main():
    a = arguments()
    sizes = [tuple(map(int, s.split("x"))) for s in a.size.split(",")]
    frames = [int(n) for n in a.frames.split(",")]
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if torch.cuda.is_available() else torch.device("cpu")
    if world > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
        torch.set_num_threads(max(1, os.cpu_count() // world))
    os.makedirs(a.out, exist_ok=True)
    if rank == 0:
        build_cache(a.train, a.cache)
    if world > 1:
        dist.barrier()
    torch.manual_seed(0)  # every process starts from the same weights
    cfg = Config(slots=a.slots, hole_queries=a.hole_queries)
    net = Inpainter(cfg).to(device, memory_format=torch.channels_last).train()
    if "cpe" in a.without:  # it starts at zero and stays there
        for name, p in net.named_parameters():
            p.requires_grad_("cpe" not in name)
    ema = Inpainter(cfg).to(device, memory_format=torch.channels_last).requires_grad_(False)
    disc = Patches().to(device, memory_format=torch.channels_last)
    trunk = load_features(a.features).to(device)
    opt = torch.optim.AdamW(net.parameters(), lr=a.lr, betas=(0.9, 0.95), weight_decay=0.05)
    opt_d = torch.optim.AdamW(disc.parameters(), lr=4e-4, betas=(0.5, 0.98), weight_decay=0)
    step = start = elapsed = total = 0
    latest = f"{a.out}/latest.pt"
    if os.path.exists(latest):
        c = torch.load(latest, map_location=device)
        net.load_state_dict(c["net"]), ema.load_state_dict(c["ema"]), disc.load_state_dict(c["disc"])
        opt_d.load_state_dict(c["opt_d"])
        step, total = c["step"], c["total"]
        start = step
        if c["phase"] == a.phase:
            opt.load_state_dict(c["opt"])
            elapsed, start = c["elapsed"], c["start"]
    else:
        if a.init:
            take_over(net, torch.load(a.init, map_location=device)["ema"])
        ema.load_state_dict(net.state_dict())
    if a.mix:  # it was fitted with its own floor in mind: the network adds its say to it, and does not pull it about
        for n in (net, ema):
            n.mix.load_state_dict(torch.load(a.mix, map_location=device))
        net.mix.requires_grad_(False)
    val = Clips(a.cache, "val", [max(sizes)], [max(frames)], 4, seed=7, limit=8 if max(sizes)[0] < 400 else 4)
    val = [{k: v.to(device) for k, v in clip.items()} for clip in torch.utils.data.DataLoader(val, batch_size=None, num_workers=1)]
    clips = Clips(a.cache, "train", sizes, frames, a.batch, seed=step, rank=rank)
    loader = torch.utils.data.DataLoader(clips, batch_size=None, num_workers=1 if device.type == "cpu" else 8, prefetch_factor=4)
    torch.manual_seed(step * world + rank)
    began, spent, saved, sums = time.time(), elapsed, time.time(), {}
    for clip in loader:
        progress = min(1, (step - start) / a.steps if a.steps else elapsed / (a.minutes * 60))
        for g in opt.param_groups:
            g["lr"] = a.lr * min(1, (step - start + 1) / WARMUP) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
        clip = {k: v.to(device) for k, v in clip.items()}
        terms, pairs, _, _ = losses(net, disc, trunk, clip, a, device)
        loss = sum(terms.values())
        opt.zero_grad(set_to_none=True)
        loss.backward()
        elapsed = average_gradients(net, spent + time.time() - began)  # the same for all, so that all stop at the same step
        norm = torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        if torch.isfinite(norm):
            opt.step()
        if pairs:
            terms["disc"] = torch.tensor(discriminator_step(disc, opt_d, pairs, device))
        with torch.no_grad():
            decay = min(EMA, (step + 1) / (step + 10))
            torch._foreach_lerp_(list(ema.parameters()), list(net.parameters()), 1 - decay)
        step += 1
        for k, v in terms.items():
            s = sums.setdefault(k, [0.0, 0])
            s[0], s[1] = s[0] + v.item(), s[1] + 1
        if rank and progress < 1:
            continue
        if rank:
            break
        if step % LOG == 0:
            line = " ".join(f"{k} {s / n:.4f}" for k, (s, n) in sums.items())
            log(a.out, f"{a.phase} step {step} min {elapsed / 60:.1f} lr {opt.param_groups[0]['lr']:.1e} norm {norm:.2f} {line}")
            sums = {}
        if time.time() - saved > SAVE or progress == 1:
            never, floor = validate(ema, val, device, f"{a.out}/sheet-{a.phase}.png", a.without)
            log(a.out, f"{a.phase} step {step} min {(total + elapsed) / 60:.1f} val never {never:.3f} dB, fill {floor:.3f} dB")
            done = total + elapsed if progress == 1 else total
            state = dict(config=vars(cfg), net=net.state_dict(), ema=ema.state_dict(), disc=disc.state_dict(), opt=opt.state_dict(), opt_d=opt_d.state_dict(), step=step,
                         start=start, phase=a.phase, elapsed=elapsed, total=done)
            torch.save(state, latest + ".new")
            os.replace(latest + ".new", latest)
            saved = time.time()
        if progress == 1:
            break


def log(out, line):
    print(line, flush=True)
    with open(f"{out}/log.txt", "a") as f:
        f.write(f"{time.strftime('%H:%M:%S')} {line}\n")


if __name__ == "__main__":
    main()
