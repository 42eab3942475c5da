/**
 * What can be left out of the segmentation, to measure what it is worth; the product never does. `plate`: what differs from
 * the known background. `second-look`: MediaPipe closer up. `time`: what was hole in the frame before.
 */
export const PARTS = ['plate', 'second-look', 'time'] as const;
export type Part = (typeof PARTS)[number];
