/** Whose a pixel is. */
export const NOBODY = 0;
export const MAIN = 1;
export const OTHER = 2;
