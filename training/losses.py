"""Feature trunk, patch discriminator and the loss terms. Pictures are N x 3 x H x W, 0..1; masks N x 1 x H x W."""

import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import numpy_helper


class SqueezeFeatures(nn.Module):
    """SqueezeNet 1.1's trunk rebuilt from the ONNX file that the scorer uses: its five named ReLU outputs, each of unit
    length per pixel."""

    def __init__(self, path: str):
        super().__init__()
        w = {t.name[2:]: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in onnx.load(path).graph.initializer}
        for name, tensor in w.items():
            self.register_buffer(name.replace(".", "_"), tensor)

    def conv(self, name, x, **kw):
        return F.relu(F.conv2d(x, getattr(self, name + "_weight"), getattr(self, name + "_bias"), **kw))

    def fire(self, n, x):
        s = self.conv(f"fire{n}_squeeze1x1", x)
        return torch.cat([self.conv(f"fire{n}_expand1x1", s), self.conv(f"fire{n}_expand3x3", s, padding=1)], 1)

    def forward(self, rgb):
        # The trunk subtracts the ImageNet means itself; in BGR or RGB the ONNX graph holds one constant per channel.
        x = self.conv("conv1", rgb * 255 - self.mean.to(rgb.dtype), stride=2)
        out = [x]
        for n in range(2, 10):
            if n in (2, 4, 6):
                x = F.max_pool2d(x, 3, 2, ceil_mode=True)
            x = self.fire(n, x)
            if n in (3, 5, 7, 9):
                out.append(x)
        return [F.normalize(f.float(), dim=1, eps=1e-4) for f in out]


def load_features(path: str) -> SqueezeFeatures:
    net = SqueezeFeatures(path)
    first = next(n for n in onnx.load(path).graph.node if n.op_type == "Constant")
    net.register_buffer(
        "mean", torch.from_numpy(numpy_helper.to_array(first.attribute[0].t).copy()).float().reshape(1, 3, 1, 1)
    )
    return net.to(memory_format=torch.channels_last).eval().requires_grad_(False)


def feature_distance(net, a, b):
    """The scorer's `feat` over whole pictures: N."""
    with torch.no_grad():
        target = net(b)
    return sum(((p - q) ** 2).sum(1).mean((1, 2)) for p, q in zip(net(a), target))


class Patches(nn.Module):
    """Spectral-norm patch discriminator over two neighbouring frames and the hole (7 channels): one logit per 16 x 16
    cell."""

    def __init__(self, c: int = 32):
        super().__init__()
        sn = nn.utils.parametrizations.spectral_norm
        sizes = [(7, c), (c, 2 * c), (2 * c, 4 * c), (4 * c, 4 * c)]
        self.layers = nn.ModuleList(sn(nn.Conv2d(i, o, 4, 2, 1)) for i, o in sizes)
        self.last = sn(nn.Conv2d(4 * c, 1, 3, 1, 1))

    def forward(self, before, now, hole):
        x = torch.cat([before * 2 - 1, now * 2 - 1, hole], 1)
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
        return self.last(x).float()


def masked_mean(x, mask):
    return (x * mask).sum() / (mask.sum() * x.shape[1] + 1)
