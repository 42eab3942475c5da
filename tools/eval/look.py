"""Does the part that nobody saw look like a room? What dB can't say. One clip of the layout that score.py takes:

  python look.py CLIP OUTPUT --features squeezenet1_1_features.onnx [--every 10]

Prints JSON, over pixels of the hole that were never visible before, on every n-th frame that has more than 500 of them;
{} if none has.
  hf       energy of fine detail, output over truth: 1 = as much, 0 = smooth
  texture  Frechet distance between the SqueezeNet features of output and truth, as if each were a normal distribution;
           over the truth's variance;
           mean of layers 3 to 5. 0 = alike. Unpaired: the right kind of surface in the wrong place counts as right
  outline  mean gradient along the rim, output less truth, levels a pixel: 0 = no silhouette to be seen
"""

import argparse
import json
import os

import cv2
import numpy as np
import onnxruntime as ort

LAYERS, PLACES = slice(2, 5), 400  # features compared; places of a layer drawn from each frame
SMOOTH = 2.0  # pixels, sigma: finer than this is detail
LEAST = 500  # never-seen pixels of a frame that counts


def symmetric_root(a):
    values, vectors = np.linalg.eigh(a)
    return vectors * np.sqrt(values.clip(0)) @ vectors.T


def frechet(a, b):
    """Samples N C of two distributions -> squared Frechet distance of their normal fits over the variance of b."""
    cov_a, cov_b = np.cov(a.T), np.cov(b.T)
    root = symmetric_root(cov_a)
    overlap = np.sqrt(np.linalg.eigvalsh(root @ cov_b @ root).clip(0)).sum()  # trace of the root of cov_a cov_b
    return (((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(cov_a) + np.trace(cov_b) - 2 * overlap) / np.trace(cov_b)


def gradient(bgr):
    grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)) / 8


def detail(bgr, where):
    x = bgr.astype(np.float32)
    return (x - cv2.GaussianBlur(x, (0, 0), SMOOTH))[where].std()


def features(net, bgr, where, seed):
    """Features at up to PLACES random places of `where` in each layer: a list of N C."""
    out = []
    for layer in net.run(
        None, {"rgb255": np.ascontiguousarray(bgr[None, ..., ::-1].transpose(0, 3, 1, 2)).astype(np.float32)}
    )[LAYERS]:
        rows, columns = np.nonzero(cv2.resize(where.astype(np.uint8), layer.shape[:1:-1], interpolation=cv2.INTER_AREA))
        drawn = np.random.default_rng(seed).permutation(len(rows))[:PLACES]
        out.append(layer[0][:, rows[drawn], columns[drawn]].T.astype(np.float64))
    return out


def samples(clip, every):
    """(index, never-seen pixels) of the frames that count."""
    seen = None
    for i in range(json.load(open(f"{clip}/clip.json"))["frames"]):
        hole = cv2.imread(f"{clip}/masks/{i:05d}.png", 0) > 127
        seen = ~hole if seen is None else seen
        never = hole & ~seen
        if i % every == 0 and never.sum() > LEAST:
            yield i, never
        seen = seen | ~hole


def measure(clip, output, net, every):
    rows, looks = [], []
    truths = f"{clip}/truth" if os.path.isdir(f"{clip}/truth") else f"{clip}/frames"
    for i, never in samples(clip, every):
        truth, shown = cv2.imread(f"{truths}/{i:05d}.jpg"), cv2.imread(f"{output}/{i:05d}.png")
        shown = np.where(never[..., None], shown, truth)
        square = lambda n: np.ones((n, n), np.uint8)
        mask = never.astype(np.uint8)
        inside = cv2.erode(mask, square(5)) > 0
        rim = (cv2.dilate(mask, square(7)) > 0) & ~(cv2.erode(mask, square(7)) > 0)
        rows.append(
            [detail(shown, inside), detail(truth, inside), gradient(shown)[rim].mean(), gradient(truth)[rim].mean()]
        )
        looks.append([features(net, picture, inside, i) for picture in (shown, truth)])
    if not rows:
        return {}
    ours, theirs, rim, true_rim = np.mean(rows, 0)
    each = [
        frechet(*(np.concatenate([look[side][layer] for look in looks]) for side in (0, 1)))
        for layer in range(len(looks[0][0]))
    ]
    return {"hf": ours / theirs, "texture": np.mean(each), "outline": rim - true_rim}


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("clip")
    a.add_argument("output")
    a.add_argument("--features", required=True)
    a.add_argument("--every", type=int, default=10)
    a = a.parse_args()
    net = ort.InferenceSession(a.features, providers=["CPUExecutionProvider"])
    print(json.dumps({k: float(v) for k, v in measure(a.clip, a.output, net, a.every).items()}))


if __name__ == "__main__":
    main()
