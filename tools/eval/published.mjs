/** Quoted from the evaluation sets' own documentation (`../shared/EVALUATION.md`): means over all clips of a set. */
const row = (method, [psnr, ssim, hole, seen, never, feat, flicker]) => ({
  method,
  psnr,
  ssim,
  hole,
  seen,
  never,
  feat,
  flicker,
});

export const PUBLISHED = {
  walkers: [
    row('Telea', [24.17, 0.8759, 15.95, 16.18, 15.19, 1.682, 4.66]),
    row('mean-seen', [33.17, 0.9411, 24.65, 31.08, 15.89, 0.699, 0.84]),
  ],
  webcam: [
    row('Telea', [28.99, 0.9494, 17.29, 17.65, 17.47, 3.089, 8.65]),
    row('mean-seen', [30.79, 0.9587, 18.54, 20.82, 18.63, 2.615, 6.3]),
  ],
  davis: [
    row('Telea', [27.22, 0.9271, 15.56, 17.17, 15.41, 4.023, 26.21]),
    row('mean-seen', [27.03, 0.9258, 15.26, 15.63, 15.29, 3.882, 24.86]),
  ],
};

const mask = (clip, masks, [recall, p1, head, shadow, excess, jitter]) => ({
  clip,
  masks,
  recall,
  p1,
  head,
  shadow,
  excess,
  jitter,
});

export const PUBLISHED_MASKS = [
  mask('warm-1', 'MediaPipe selfie, whole frame', [0.934, 0, 0.064, 0.333, 0.035, 0.013]),
  mask('warm-1', '+ a second look', [0.951, 0, 0.043, 0.388, 0.055, 0.016]),
  mask('cold-2', 'MediaPipe selfie, whole frame', [0.993, 0.895, 0.017, 0.378, 0.011, 0]),
  mask('cold-2', '+ a second look', [0.999, 0.961, 0.006, 0.405, 0.017, 0.003]),
];
