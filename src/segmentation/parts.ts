/**
 * What can be left out of the segmentation, to measure what it is worth; the product never does. `plate`: what differs
 * from the known background. `crop-pass`: the model on parts of the picture. `time`: what was hole in the frame before.
 */
export const PARTS = ['plate', 'crop-pass', 'time'] as const;
export type Part = (typeof PARTS)[number];
