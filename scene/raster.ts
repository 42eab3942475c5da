/** Vertices on the picture: pixels, nearness (1 / distance), and sRGB 0..255. */
export interface ScreenMesh {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly near: Float32Array;
  readonly rgb: Float32Array;
  readonly triangles: Uint32Array;
}

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A z-buffer with Gouraud colours, in software: the picture is the same on every machine, and works where WebGL does
 * not. Draws into one reused picture of fixed size.
 */
export class Raster {
  readonly pixels: ImageData;
  readonly #near: Float32Array;
  #dirty: Area = { left: 0, top: 0, width: 0, height: 0 };

  constructor(width: number, height: number) {
    this.pixels = new ImageData(width, height);
    this.#near = new Float32Array(width * height);
  }

  /** Draws the mesh on nothing and returns the area that it touched. */
  draw(mesh: ScreenMesh): Area {
    this.#clear();
    const { width, height } = this.pixels;
    let [left, top, right, bottom] = [width, height, 0, 0];
    for (let i = 0; i < mesh.x.length; i++) {
      left = Math.min(left, mesh.x[i]!);
      right = Math.max(right, mesh.x[i]!);
      top = Math.min(top, mesh.y[i]!);
      bottom = Math.max(bottom, mesh.y[i]!);
    }
    left = Math.max(0, Math.floor(left) - 1);
    top = Math.max(0, Math.floor(top) - 1);
    right = Math.min(width, Math.ceil(right) + 2);
    bottom = Math.min(height, Math.ceil(bottom) + 2);
    this.#dirty = { left, top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
    for (let t = 0; t < mesh.triangles.length; t += 3) {
      this.#triangle(mesh, mesh.triangles[t]!, mesh.triangles[t + 1]!, mesh.triangles[t + 2]!);
    }
    this.#soften();
    return this.#dirty;
  }

  /** Edges: a pixel beside the outline takes the share of its neighbours that are covered, and their mean colour. */
  #soften(): void {
    const { width, height, data } = this.pixels;
    const near = this.#near;
    const { left, top } = this.#dirty;
    const right = Math.min(width - 1, left + this.#dirty.width);
    const bottom = Math.min(height - 1, top + this.#dirty.height);
    for (let y = Math.max(1, top); y < bottom; y++) {
      for (let x = Math.max(1, left); x < right; x++) {
        const at = y * width + x;
        const inside = near[at]! > 0;
        if (
          near[at - 1]! > 0 === inside &&
          near[at + 1]! > 0 === inside &&
          near[at - width]! > 0 === inside &&
          near[at + width]! > 0 === inside
        ) {
          continue;
        }
        let [n, r, g, b] = [0, 0, 0, 0];
        for (let dy = -width; dy <= width; dy += width) {
          for (let dx = -1; dx <= 1; dx++) {
            const other = at + dy + dx;
            if (near[other] === 0) continue;
            n++;
            r += data[other * 4]!;
            g += data[other * 4 + 1]!;
            b += data[other * 4 + 2]!;
          }
        }
        data[at * 4 + 3] = (255 * n) / 9;
        if (inside) continue;
        data[at * 4] = r / n;
        data[at * 4 + 1] = g / n;
        data[at * 4 + 2] = b / n;
      }
    }
  }

  #clear(): void {
    const { left, top, width, height } = this.#dirty;
    for (let y = top; y < top + height; y++) {
      const at = y * this.pixels.width + left;
      this.#near.fill(0, at, at + width);
      this.pixels.data.fill(0, at * 4, (at + width) * 4);
    }
  }

  #triangle(mesh: ScreenMesh, a: number, b: number, c: number): void {
    const { x, y, near, rgb } = mesh;
    const ax = x[a]!;
    const ay = y[a]!;
    const bx = x[b]!;
    const by = y[b]!;
    const cx = x[c]!;
    const cy = y[c]!;
    // Screen y points down, so triangles that face the camera come out negative.
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (area >= -1e-6) return;
    const width = this.pixels.width;
    const x0 = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
    const x1 = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
    const y0 = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
    const y1 = Math.min(this.pixels.height - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
    const data = this.pixels.data;
    const inverse = 1 / area;
    const dbx = (cy - ay) * inverse;
    const dcx = -(by - ay) * inverse;
    for (let py = y0; py <= y1; py++) {
      const sx = x0 + 0.5 - ax;
      const sy = py + 0.5 - ay;
      let wb = (sx * (cy - ay) - sy * (cx - ax)) * inverse;
      let wc = (sy * (bx - ax) - sx * (by - ay)) * inverse;
      for (let px = x0; px <= x1; px++, wb += dbx, wc += dcx) {
        const wa = 1 - wb - wc;
        if (wa < 0 || wb < 0 || wc < 0) continue;
        const n = wa * near[a]! + wb * near[b]! + wc * near[c]!;
        const at = py * width + px;
        if (n <= this.#near[at]!) continue;
        this.#near[at] = n;
        const out = at * 4;
        data[out] = wa * rgb[a * 3]! + wb * rgb[b * 3]! + wc * rgb[c * 3]!;
        data[out + 1] = wa * rgb[a * 3 + 1]! + wb * rgb[b * 3 + 1]! + wc * rgb[c * 3 + 1]!;
        data[out + 2] = wa * rgb[a * 3 + 2]! + wb * rgb[b * 3 + 2]! + wc * rgb[c * 3 + 2]!;
        data[out + 3] = 255;
      }
    }
  }
}
