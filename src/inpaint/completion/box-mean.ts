/** Mean over a box of so many pixels to each side, in place; beside the edges over what there is of it. */
export function boxMean(plane: Float32Array, width: number, radius: number): void {
  const height = plane.length / width;
  const line = new Float32Array(Math.max(width, height));
  for (let y = 0; y < height; y++) mean(plane, y * width, 1, width, radius, line);
  for (let x = 0; x < width; x++) mean(plane, x, width, height, radius, line);
}

function mean(plane: Float32Array, start: number, step: number, n: number, radius: number, line: Float32Array): void {
  for (let i = 0, p = start; i < n; i++, p += step) line[i] = plane[p]!;
  let sum = 0;
  for (let i = 0; i < Math.min(n, radius); i++) sum += line[i]!;
  for (let i = 0, p = start; i < n; i++, p += step) {
    if (i + radius < n) sum += line[i + radius]!;
    if (i > radius) sum -= line[i - radius - 1]!;
    plane[p] = sum / (Math.min(n - 1, i + radius) - Math.max(0, i - radius) + 1);
  }
}
