"""The guide: what the part of a still room that nobody saw looks like in broad strokes, for the completer that copies
known patches there.

It is the mix of the three fills (`model.Mix`) at a fixed small size, wider, with global attention at its bottom. One
picture in, one out, no state:

  picture B 3 72 112 (RGB 0..1, the plate in today's light), known B 1 72 112 (1 = known)  ->  guide B 3 72 112: the
  picture where known, painted elsewhere

Pictures of any shape are squashed to that size. Every colour is multiplied by `known` first: nothing of what is hidden
reaches the output.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

from model import Config, Inpainter, Mix, Surroundings
from pushpull import push_pull

ROWS, COLUMNS = 72, 112
WIDTH = 48  # finest channels; twice those of the inpainter's mix
MLP = 4  # expansion of the token-wise networks; twice
# channels that the finest blocks normalise together, as in the inpainter's mix, so that its weights can be widened
GROUP = 3


class Guide(nn.Module):
    def __init__(self, cfg: Config = Config(mix=WIDTH)):
        super().__init__()
        self.mix = Mix(cfg)
        self.mix.surroundings = Surroundings(cfg.mix, cfg.coarse, cfg.head, cfg.coarse_layers, cfg.mix // GROUP, MLP)

    def forward(self, picture, known):
        return self.paint(*self.prepare(picture, known))

    @staticmethod
    def prepare(picture, known):
        """-> fill B 3 H W; surroundings B AROUND H/2 W/2, not yet standardised; clues B CLUES H W; guides B 6 H W;
        unknown B 1 H W: all that has no weights."""
        picture, unknown = picture * known, 1 - known
        fill = push_pull(picture, known)
        guides, clues = Inpainter.guides(picture, unknown, picture, torch.zeros_like(unknown), fill)
        around = F.avg_pool2d(torch.cat([clues, guides, fill, unknown, unknown], 1), 2)
        return fill, around, clues, guides, unknown

    def paint(self, fill, around, clues, guides, unknown):
        mix = self.mix
        with torch.autocast(fill.device.type, torch.bfloat16, enabled=self.training):
            seen = mix.surroundings((around - mix.mean) / mix.std)[0]
        seen = F.interpolate(seen.float(), scale_factor=2, mode="bilinear", align_corners=False)
        logits, shade = seen.split(3, 1)
        return fill + mix.blend(mix.at(clues) + logits, shade, guides) * unknown


def widen(guide: Guide, mix: dict[str, torch.Tensor]) -> None:
    """Starts a guide as the narrower mix of mix.py (its state_dict): it paints the same, and what is new in it adds
    nothing yet (Net2Net, Chen et al. 2016). Old outputs get nothing from new inputs; new outputs keep their random
    weights."""
    for name, new in guide.mix.state_dict().items():
        old = mix[name]
        place = tuple(slice(n) for n in old.shape)
        if new.ndim >= 2 and old.shape[1] < new.shape[1]:
            new[: len(old), old.shape[1] :] = 0
        new[place] = old


def low_passed(error: torch.Tensor, unknown: torch.Tensor, rows: int) -> torch.Tensor:
    """Mean square over the unknown part of the error B 3 H W, averaged over its cells of a picture of `rows` rows:
    B."""
    cell = error.shape[2] // rows
    weight = F.avg_pool2d(unknown, cell)
    mean = F.avg_pool2d(error * unknown, cell) / weight.clamp(min=1e-3)
    return (mean**2 * weight).mean(1).sum((1, 2)) / weight.sum((1, 2, 3))
