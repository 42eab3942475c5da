"""The past-only inpainting transformer: one frame in, one frame and the next state out. One file; shapes in comments.

  frame, hole, plate, known, fill --(convolutions, stride 2, 4, 8)--> tokens at stride 8
     guides: the hole filled along rows and along columns, from which the network may take a share of each pixel
     surroundings: a U-Net over the picture at 36 rows, with global attention at its bottom ("coarse": sees across any
                   hole); it has the main say in that share, adds a broad shade, and tells the tokens what it found
     tokens at stride 8:  windowed attention, shifted in every second layer, over this frame AND each location's memory
  --(convolutions back to full size)--> residual over the fill, blended with what was painted before

Two kinds of memory, both past-only, neither able to drift:
* seen (`state_tokens`, `state_slots`): per location and layer, M slots of keys and values, pushed only when the whole
  8x8 cell is visible. They are made from the ENCODER's tokens of that one frame, never from attended ones, so memory is
  not computed from memory and errors do not build up.
* painted (`state_paint`): the RGB painted last, with a mask that marks it invented. It enters only as `gate * painted +
  (1 - gate) * new` with 0 <= gate <= GATE_MAX < 1, and the network that makes `new` never sees it: a convex blend of
  bounded pictures stays bounded.

After: windowed attention with per-location memory, Thiry et al. 2024 (online inpainting transformers with memory);
shifted windows, Liu et al. 2021 (Swin); conditional positional encoding, Chu et al. 2021. No relative position table,
so any size that is a multiple of 32 runs.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from pushpull import line_fill

CLUES = 13  # what `clues` tells the mix of each pixel
AROUND = CLUES + 6 + 3 + 2  # what the mix sees of the surroundings: clues, guides, picture, unknown, hole
SHADE = 0.1  # scale of the mix's shade: 1 of it is a tenth of the range
# the memory of a painted pixel fades with at most this factor a frame, so a wrong first guess can be outgrown
GATE_MAX = 0.95


@dataclass
class Config:
    stem: int = 32  # channels at stride 2
    mid: int = 64  # channels at stride 4
    dim: int = 128  # channels at stride 8, where the windowed attention and the memory live
    coarse: int = 160  # channels of the coarse stage, global attention at about nine rows (stride 32)
    head: int = 32  # channels of one attention head
    coarse_layers: int = 4
    layers: int = 4  # windowed layers; odd ones are shifted
    slots: int = 2  # M: visible moments that a location keeps, per layer
    mlp: int = 2  # expansion of the token-wise network
    mix: int = 24  # finest channels of the mix of the fills; a multiple of 8
    # share of the residual that is painted. 1 in training; less where scenes differ from the training's: the fill is
    # safer
    caution: float = 1.0
    hole_queries: bool = False  # only tokens whose cell touches the hole ask the windowed layers (an ablation)


def state_shapes(cfg: Config, width: int, height: int) -> dict[str, tuple[int, ...]]:
    """Name and shape of every state tensor of one stream at a working size (multiples of 32). All start at zero."""
    h, w = height // 8, width // 8
    return {
        "tokens": (cfg.layers, cfg.slots, h, w, 2 * cfg.dim),  # keys, then values
        "slots": (1, cfg.slots, h, w, 1),  # 1 = the slot holds something
        "paint": (1, 4, height, width),  # RGB painted, and 1 = painted (invented), 0 = nothing
    }


def new_state(cfg: Config, batch: int, width: int, height: int, **kw) -> tuple[torch.Tensor, ...]:
    """Empty state for a batch. Layout as in `state_shapes` with the batch folded in: tokens L*B, slots B, paint B in
    front."""
    return tuple(torch.zeros(s[0] * batch, *s[1:], **kw) for s in state_shapes(cfg, width, height).values())


def window_size(n: int) -> int:
    """Edge of an attention window that divides n tokens (n is a multiple of 4): about 6, which is 48 pixels."""
    return next(w for w in (6, 8, 5, 7, 4) if n % w == 0)


def sizes(x: torch.Tensor) -> list[int]:
    """The shape as plain numbers, also while exporting: shapes are static there, and shape arithmetic would be int64 in
    the graph."""
    return [int(n) for n in x.shape]


def box_mean(x: torch.Tensor, r: int) -> torch.Tensor:
    """Mean over the (2r+1) x (2r+1) window, of what of it lies inside the picture. Rows, then columns: the same
    numbers, 2 (2r+1) taps."""
    x = F.avg_pool2d(x, (1, 2 * r + 1), 1, (0, r), count_include_pad=False)
    return F.avg_pool2d(x, (2 * r + 1, 1), 1, (r, 0), count_include_pad=False)


def conv(cin: int, cout: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(cin, cout, 3, stride, 1)


def calm(layers: nn.Module) -> None:
    """A calm stream to begin with: small linear layers, smaller where they add to it (as GPT-2), and no positions."""
    for name, p in layers.named_parameters():
        if name.endswith("weight") and p.ndim == 2:
            nn.init.normal_(
                p, std=0.05 if "kv" in name or ".q." in name or ".up." in name or "remember" in name else 0.01
            )
        if "cpe" in name:
            nn.init.zeros_(p)


def take_over(module: nn.Module, weights: dict[str, torch.Tensor]) -> int:
    """Takes the weights of the same name and shape, and leaves the rest as it is. -> how many tensors there were none
    for."""
    now = module.state_dict()
    fit = {k: v.float() for k, v in weights.items() if k in now and v.shape == now[k].shape}
    module.load_state_dict({**now, **fit})
    return len(now) - len(fit)


def gelu(x: torch.Tensor) -> torch.Tensor:
    """By tanh, as in the exported graph; in 16 bits by erf, which rounds to the same and takes half the time on a
    CPU."""
    return F.gelu(x, approximate="none" if x.dtype == torch.bfloat16 else "tanh")


class Norm(nn.LayerNorm):
    """Layer norm of what differs between places: B H W C minus its mean over the frame. The error of a batch is mostly
    one shade for the whole hole, and without this that shade grew to 20 times the rest of the stream within 100 steps
    and drowned it."""

    def forward(self, x):
        return super().forward(x - x.mean((1, 2), keepdim=True))


class GroupNorm(nn.GroupNorm):
    """The same in operators whose shapes are static and whose sums are short enough for 16 bits: rows, then columns."""

    def forward(self, x):
        if self.training:
            # In the type that comes in: autocast would widen it, and narrow it again for the convolution behind it.
            with torch.autocast(x.device.type, enabled=False):
                return F.group_norm(x, self.num_groups, self.weight.to(x.dtype), self.bias.to(x.dtype), self.eps)
        b, c, h, w = sizes(x)
        mean = lambda a: a.mean(3, keepdim=True).mean(2, keepdim=True)
        y = x.reshape(b, self.num_groups, c // self.num_groups * h, w)
        y = y - mean(y)
        y = y / torch.sqrt(mean(y * y) + self.eps)
        return y.reshape(b, c, h, w) * self.weight[:, None, None] + self.bias[:, None, None]


class Fresh(nn.Module):
    """A residual block that normalises first, in `groups`; `wide` spreads its first convolution."""

    def __init__(self, c: int, wide: int = 1, groups: int = 8):
        super().__init__()
        self.norm, self.a, self.b = GroupNorm(groups, c), nn.Conv2d(c, c, 3, 1, wide, wide), conv(c, c)
        nn.init.zeros_(self.b.weight), nn.init.zeros_(self.b.bias)

    def forward(self, x):
        return x + self.b(gelu(self.a(gelu(self.norm(x)))))


class Residual(nn.Module):
    def __init__(self, c: int):
        super().__init__()
        self.a, self.b = conv(c, c), conv(c, c)
        nn.init.zeros_(self.b.weight), nn.init.zeros_(self.b.bias)

    def forward(self, x):
        return x + self.b(F.relu(self.a(x)))


class Mlp(nn.Module):
    """Token-wise network with a depth-wise 3x3 between its two layers (mixes neighbours, knows the border)."""

    def __init__(self, c: int, expand: int):
        super().__init__()
        self.norm, self.up, self.down = Norm(c), nn.Linear(c, c * expand), nn.Linear(c * expand, c, bias=False)
        self.local = nn.Conv2d(c * expand, c * expand, 3, 1, 1, groups=c * expand)

    def forward(self, x):  # B H W C
        y = self.up(self.norm(x)).permute(0, 3, 1, 2)
        return x + self.down(gelu(self.local(y)).permute(0, 2, 3, 1))


class Attention(nn.Module):
    """Conditional positional encoding, then attention. Subclasses say who sees whom."""

    def __init__(self, c: int, head: int):
        super().__init__()
        self.c, self.heads, self.head = c, c // head, head
        self.cpe, self.calm = nn.Conv2d(c, c, 3, 1, 1, groups=c), Norm(c)
        self.norm, self.q, self.kv, self.out = (
            Norm(c),
            nn.Linear(c, c),
            nn.Linear(c, 2 * c),
            nn.Linear(c, c, bias=False),
        )

    # B H W C. Normed first: on the raw stream the nine layers multiplied to 10,000 times within 900 steps
    def positions(self, x):
        return x + self.cpe(self.calm(x).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)

    def attend(self, q, k, v, bias=None):
        """q: N T C, k and v: N K C, bias: broadcastable to N heads T K -> N T C."""
        n, t, _ = sizes(q)
        split = lambda a: a.reshape(n, -1, self.heads, self.head).permute(0, 2, 1, 3)
        # Written out: the fused kernel's backward pass is five times slower on a CPU, and the exporter would write it
        # out anyway.
        a = split(q) * self.head**-0.5 @ split(k).transpose(-1, -2)
        y = torch.softmax(a if bias is None else a + bias, -1).to(v.dtype) @ split(v)
        return y.permute(0, 2, 1, 3).reshape(n, t, self.c)


class Global(Attention):
    def forward(self, x):  # B H W C, every token sees every token
        b, h, w, c = sizes(x)
        x = self.positions(x)
        y = self.norm(x).reshape(b, h * w, c)
        k, v = self.kv(y).split(c, -1)
        return x + self.out(self.attend(self.q(y), k, v)).reshape(b, h, w, c)


class Windowed(Attention):
    """Windows over this frame's tokens and over the M remembered ones of each location in the window."""

    def __init__(self, c: int, head: int, slots: int, shifted: bool):
        super().__init__(c, head)
        self.shifted, self.slots = shifted, slots
        self.remember = nn.Linear(c, 2 * c)  # encoder token -> key and value to keep
        self.age = nn.Parameter(torch.zeros(slots, 2 * c))  # tells the slots apart, and memory from present

    def partition(self, x, wh, ww):  # B H W C -> B*windows, wh*ww, C, without going beyond 4 dimensions
        b, h, w, c = sizes(x)
        x = x.reshape(b * h // wh, wh, w // ww, ww * c).permute(0, 2, 1, 3)
        return x.reshape(b * (h // wh) * (w // ww), wh * ww, c)

    def merge(self, x, b, h, w, wh, ww):  # inverse of partition
        x = x.reshape(b * h // wh, w // ww, wh, ww * self.c).permute(0, 2, 1, 3)
        return x.reshape(b, h, w, self.c)

    def forward(self, x, tokens, slots):
        """x: B H W C; tokens: B M H W 2C, slots: B M H W 1, both as remembered BEFORE this frame."""
        b, h, w, c = sizes(x)
        wh, ww = window_size(h), window_size(w)
        sh, sw = (wh // 2, ww // 2) if self.shifted else (0, 0)
        roll = lambda a: torch.roll(a, (-sh, -sw), (1, 2)) if self.shifted else a
        x = self.positions(x)
        y = self.norm(x)
        q, kv = self.q(y), self.kv(y)
        kvs, empty = [self.partition(roll(kv), wh, ww)], []
        for i in range(self.slots):
            slot = slice(i, i + 1)  # slices, not indices: an index becomes a Gather over int64
            kvs.append(self.partition(roll(tokens[:, slot].squeeze(1) + self.age[slot].to(tokens.dtype)), wh, ww))
            # N 1 wh*ww
            empty.append(self.partition(roll((slots[:, slot].squeeze(1) - 1) * 1e4), wh, ww).permute(0, 2, 1))
        bias = torch.cat([torch.zeros_like(empty[0]), *empty], 2)
        if self.shifted:
            apart = self.apart(h, w, wh, ww, sh, sw).to(x.device).repeat(b, 1, 1)
            bias = bias + torch.cat([apart] * (1 + self.slots), 2)
        k, v = torch.cat(kvs, 1).split(c, -1)
        y = self.attend(self.partition(roll(q), wh, ww), k, v, bias[:, None].to(k.dtype))
        y = self.merge(y, b, h, w, wh, ww)
        if self.shifted:
            y = torch.roll(y, (sh, sw), (1, 2))
        return x + self.out(y)

    @staticmethod
    def apart(h, w, wh, ww, sh, sw):
        """-1e4 where only the roll brought two tokens of a window together, else 0. A constant: windows x T x T, T = wh
        * ww."""
        row, col = np.arange(h) >= h - sh, np.arange(w) >= w - sw
        side = (row[:, None] * 2 + col).reshape(h // wh, wh, w // ww, ww).transpose(0, 2, 1, 3).reshape(-1, wh * ww)
        # few numbers in the file; the T x T of them are made on loading
        side = torch.from_numpy(side.astype(np.float32))
        return (side[:, :, None] - side[:, None, :]).abs().clamp(max=1) * -1e4


class Surroundings(nn.Module):
    """A small U-Net over the whole picture at about 36 rows: what lies around a hole, and what is likely behind it in
    broad strokes. At its bottom, about nine rows, every token sees every token: the coarse stage."""

    def __init__(self, c: int, deep: int, head: int, layers: int, groups: int = 8, mlp: int = 2):
        super().__init__()
        middle = 2 * c
        block = lambda width: Fresh(width, groups=groups)
        self.enter, self.fine = conv(AROUND, c), block(c)
        self.down, self.coarse = conv(c, middle, 2), nn.Sequential(block(middle), block(middle))
        self.down2, self.wide = conv(middle, deep, 2), Fresh(deep, 2)
        self.deep = nn.ModuleList(nn.ModuleList([Global(deep, head), Mlp(deep, mlp)]) for _ in range(layers))
        self.up2, self.joined = nn.Conv2d(deep, middle, 1), block(middle)
        self.up, self.painted = nn.Conv2d(middle, c, 1), block(c)
        self.last = nn.Conv2d(c, 6, 1)
        calm(self.deep)
        nn.init.zeros_(self.last.weight), nn.init.zeros_(self.last.bias)

    def forward(self, x):
        """B AROUND h w, multiples of 4 -> three logits and a shade B 6 h w, and what the windowed stage gets to know of
        it, B 2c h/2 w/2."""
        double = lambda a: F.interpolate(a, scale_factor=2, mode="bilinear", align_corners=False)
        fine = self.fine(self.enter(x))
        coarse = self.coarse(self.down(fine))
        tokens = self.wide(self.down2(coarse)).permute(0, 2, 3, 1)
        for attention, mlp in self.deep:
            tokens = mlp(attention(tokens))
        coarse = self.joined(coarse + double(self.up2(tokens.permute(0, 3, 1, 2))))
        return self.last(self.painted(fine + double(self.up(coarse)))), coarse


class Mix(nn.Module):
    """Which of the three fills to believe at each pixel, and a broad shade to add: from the clues at the pixel, and
    from the surroundings, seen at about 36 rows a picture whatever its size. Trained by mix.py before the network,
    which adds its own say."""

    def __init__(self, cfg: Config = Config()):
        super().__init__()
        self.register_buffer("mean", torch.zeros(AROUND, 1, 1)), self.register_buffer("std", torch.ones(AROUND, 1, 1))
        self.pixel = nn.Sequential(nn.Conv2d(CLUES, 16, 1), nn.ReLU(), nn.Conv2d(16, 3, 1))
        self.surroundings = Surroundings(cfg.mix, cfg.coarse, cfg.head, cfg.coarse_layers)

    def small(self, clues, guides, picture, unknown, hole):
        """What lies around, B AROUND h w: an average over cells."""
        x = F.avg_pool2d(torch.cat([clues, guides, picture, unknown, hole], 1), self.cell(clues))
        return (x - self.mean) / self.std

    @staticmethod
    def cell(x):
        """Edge of a cell in pixels: the surroundings are seen at 16 to 60 rows."""
        height = int(x.shape[2])
        return 8 if height >= 192 else 4 if height >= 96 else 2

    def at(self, clues):
        """Three logits from a pixel's own clues."""
        return self.pixel((clues - self.mean[:CLUES]) / self.std[:CLUES])

    @staticmethod
    def blend(logits, shade, guides):
        """Difference from the fill, B 3 H W."""
        _, rows, columns = torch.softmax(logits, 1).split(1, 1)
        by_rows, by_columns = guides.split(3, 1)
        return rows * by_rows + columns * by_columns + SHADE * shade


class Inpainter(nn.Module):
    def __init__(self, cfg: Config = Config()):
        super().__init__()
        self.cfg = cfg
        s, m, d = cfg.stem, cfg.mid, cfg.dim
        self.mix = Mix(cfg)
        self.in_rgb, self.in_mask = conv(12, s, 2), conv(3, s, 2)
        self.enc2 = Residual(s)
        self.down4, self.enc4 = conv(s, m, 2), Residual(m)
        self.down8 = conv(m, d, 2)
        self.around = nn.Linear(2 * cfg.mix, d)  # what the coarse stage knows, into the tokens
        self.fine = nn.ModuleList(
            nn.ModuleList([Windowed(d, cfg.head, cfg.slots, i % 2 == 1), Mlp(d, cfg.mlp)]) for i in range(cfg.layers)
        )
        self.norm, self.tint = Norm(d), nn.Linear(d, 3)  # tint: low-frequency colour straight from the tokens
        self.up4, self.dec4 = conv(d, m), Residual(m)
        self.up2, self.dec2 = conv(m, s), Residual(s)
        # RGB residual, a say in the mix of the three fills, and gate, for the four pixels of a stride-2 cell
        self.paint = conv(s, 4 * 7)
        calm(self.fine)
        for last in (self.paint, self.tint):  # the output starts AT the mix of the fills
            nn.init.zeros_(last.weight), nn.init.zeros_(last.bias)

    def forward(self, frame, hole, plate, known, fill, tokens, slots, paint):
        """frame, plate, fill: B 3 H W in 0..1; hole, known: B 1 H W of 0 and 1; the state as `new_state` lays it out.
        Returns out B 3 H W (fill + residual in the hole, fill elsewhere) and the next state."""
        b = sizes(frame)[0]
        guides, clues = self.guides(frame, hole, plate, known, fill)
        around, coarse = self.look(frame, hole, known, fill, guides, clues)
        x2, x4, encoded, y = self.encode(frame, hole, plate, known, fill, guides, coarse)
        clear = self.clear(hole)
        kept = []
        for i, (attention, mlp) in enumerate(self.fine):
            mine = tokens[i * b : (i + 1) * b]
            y = self.ask(attention, mlp, y, mine, slots, hole)
            kept.append(self.push(mine, attention.remember(encoded), clear))
        residual, say, gate = self.decode(x2, x4, y)
        residual = self.cfg.caution * (residual + self.mixed(around, hole * (1 - known), guides, clues, say))
        out, next_paint = self.blend(residual, gate, hole, known, fill, paint)
        return out, torch.cat(kept, 0), self.push(slots, torch.ones_like(clear), clear), next_paint

    @staticmethod
    def guides(frame, hole, plate, known, fill):
        """The same picture filled along its rows and along its columns, as differences from the fill, 0 outside the
        hole: B 6 H W. And clues for the mix, B CLUES H W: do the two ends of the row (column) agree, how far are they,
        do the three fills agree, and what runs into the hole at these ends: change along the row, change down the
        column, texture?"""
        unknown = hole * (1 - known)
        picture = frame * (1 - hole) + fill * hole
        height = int(frame.shape[2])
        r = height // 48
        calm = lambda x: box_mean(x, r)
        soft = calm(picture)  # texture is no disagreement
        across = F.pad((soft[..., 1:] - soft[..., :-1]).abs().mean(1, keepdim=True), (0, 1))
        down = F.pad((soft[:, :, 1:] - soft[:, :, :-1]).abs().mean(1, keepdim=True), (0, 0, 0, 1))
        ways = torch.cat(
            [calm(torch.cat([across, down], 1)) * height, calm((picture - soft).abs()).mean(1, keepdim=True)], 1
        )
        fills, ends, near, nature = [], [], [], []
        for dim in (3, 2):
            # the same deviation, but squares of small numbers: 16 bits are enough for their difference
            level = soft - soft.mean(dim, keepdim=True)
            line, mean, square, way, reach = line_fill(
                torch.cat([picture, level, level * level, ways], 1), 1 - unknown, dim
            ).split((3, 3, 3, 3, 1), 1)
            fills.append(line - fill)
            # deviation between the two ends
            ends.append(calm((square - mean * mean).clamp(min=1e-6).mean(1, keepdim=True).sqrt()))
            near.append(reach)
            nature.append(way)
        apart = [calm(x).abs().mean(1, keepdim=True) for x in (*fills, fills[0] - fills[1])]
        return torch.cat(fills, 1) * unknown, torch.cat(ends + near + apart + nature, 1)

    def look(self, frame, hole, known, fill, guides, clues):
        """The surroundings -> three logits and a shade B 6 H W, and the coarse stage's features B 2*mix at half as many
        rows as the surroundings have."""
        small = self.mix.small(clues, guides, frame * (1 - hole) + fill * hole, hole * (1 - known), hole)
        around, coarse = self.mix.surroundings(small)
        return F.interpolate(
            around.float(), scale_factor=self.mix.cell(clues), mode="bilinear", align_corners=False
        ), coarse

    def mixed(self, around, unknown, guides, clues, say=0.0):
        """Difference from the fill B 3 H W that the mix makes; `say` is the network's own addition to the three
        logits."""
        logits, shade = around.split(3, 1)
        return self.mix.blend(self.mix.at(clues).float() + logits + say, shade, guides) * unknown

    def encode(self, frame, hole, plate, known, fill, guides, coarse):
        """-> features at stride 2 (B s H/2 W/2) and 4 (B m H/4 W/4); tokens at stride 8 (B H/8 W/8 d) as encoded, and
        with the coarse stage added."""
        frame = frame * (1 - hole)  # the raw pixels of the hole end here
        picture = (frame + fill * hole) * 2 - 1
        masks = torch.cat([hole, known, hole * (1 - known)], 1)
        x2 = self.enc2(
            F.relu(self.in_rgb(torch.cat([picture, plate * known * 2 - 1, guides], 1)) + self.in_mask(masks))
        )
        x4 = self.enc4(F.relu(self.down4(x2)))
        x8 = self.down8(x4)
        stride = 2 * self.mix.cell(frame)  # of what the coarse stage gives: 16, 8 or 4
        coarse = F.avg_pool2d(coarse, 2) if stride < 8 else coarse
        y = self.around(coarse.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        y = F.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False) if stride > 8 else y
        encoded = x8.permute(0, 2, 3, 1)
        return x2, x4, encoded, encoded + y.permute(0, 2, 3, 1)

    def decode(self, x2, x4, y):
        """-> what is painted freely B 3 H W, a say in the mix B 3 H W, gate B 1 H W before its sigmoid."""
        y = self.norm(y)
        tint = F.interpolate(
            self.tint(y).permute(0, 3, 1, 2).float(), scale_factor=8, mode="bilinear", align_corners=False
        )
        y = y.permute(0, 3, 1, 2)
        y = x4 + F.interpolate(self.up4(y), scale_factor=2, mode="bilinear", align_corners=False)
        y = self.dec4(F.relu(y))
        y = x2 + F.interpolate(self.up2(y), scale_factor=2, mode="bilinear", align_corners=False)
        y = self.dec2(F.relu(y))
        free, say, gate = F.pixel_shuffle(self.paint(y), 2).float().split((3, 3, 1), 1)
        return free + tint, say, gate

    def blend(self, residual, gate, hole, known, fill, paint):
        """This frame's painting with the painted memory: the one place where an output comes back, as a convex mix."""
        new = fill + residual if self.training else (fill + residual).clamp(0, 1)
        old, painted = paint.split((3, 1), 1)
        gate = torch.sigmoid(gate) * GATE_MAX * painted
        out = fill + hole * (gate * old + (1 - gate) * new - fill)
        # Never-seen hole pixels are remembered as painted; once a pixel was visible its paint is forgotten: the plate
        # knows better.
        unknown = hole * (1 - known)
        return out, torch.cat([out * unknown, unknown], 1)

    def clip(self, frame, hole, plate, known, fill):
        """T frames of one stream at once, without a state: T 3 H W -> T 3 H W. The oracle for the cached way, frame by
        frame: here the memory of frame t is looked up among all encoded frames, the M latest clear ones before t at
        each location."""
        t, m = frame.shape[0], self.cfg.slots
        guides, clues = self.guides(frame, hole, plate, known, fill)
        around, coarse = self.look(frame, hole, known, fill, guides, clues)
        x2, x4, encoded, y = self.encode(frame, hole, plate, known, fill, guides, coarse)
        clear = self.clear(hole)[..., 0] > 0  # T H/8 W/8
        latest = torch.full((t, m, *clear.shape[1:]), -1)  # which frame each slot holds
        for i in range(1, t):
            newer = torch.cat([torch.full_like(latest[i - 1, :1], i - 1), latest[i - 1, :-1]])
            latest[i] = torch.where(clear[i - 1], newer, latest[i - 1])
        slots = (latest >= 0).to(y.dtype)[..., None]
        at = latest.clamp(min=0)[..., None].expand(*latest.shape, 2 * self.cfg.dim).flatten(0, 1)
        for attention, mlp in self.fine:
            tokens = attention.remember(encoded).gather(0, at).unflatten(0, (t, m)) * slots
            y = self.ask(attention, mlp, y, tokens, slots, hole)
        residual, say, gate = self.decode(x2, x4, y)
        residual = self.cfg.caution * (residual + self.mixed(around, hole * (1 - known), guides, clues, say))
        paint, outs = torch.zeros_like(frame[:1, :1]).repeat(1, 4, 1, 1), []
        for i in range(t):
            now = slice(i, i + 1)
            out, paint = self.blend(residual[now], gate[now], hole[now], known[now], fill[now], paint)
            outs.append(out)
        return torch.cat(outs)

    def ask(self, attention, mlp, y, tokens, slots, hole):
        asked = mlp(attention(y, tokens, slots))
        return torch.lerp(asked, y, self.clear(hole).to(y.dtype)) if self.cfg.hole_queries else asked

    @staticmethod
    def clear(hole):
        """B H/8 W/8 1: 1 = the whole 8 x 8 cell is visible."""
        return 1 - F.max_pool2d(hole, 8).permute(0, 2, 3, 1)

    @staticmethod
    def push(slots, new, clear):
        """slots: B M H W C, newest first; `new` B H W C enters where `clear` is 1 and the oldest leaves; elsewhere all
        stay."""
        pushed = torch.cat([new[:, None].to(slots.dtype), slots[:, :-1]], 1)
        return slots + clear[:, None].to(slots.dtype) * (pushed - slots)
