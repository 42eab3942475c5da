/**
 * Puts still WebP pictures into one animated WebP, each as a frame that replaces the part of the picture it covers. The
 * container is Google's "WebP Container Specification": RIFF, VP8X, ANIM, and an ANMF for each frame around the still's
 * own VP8 chunk.
 */

const ANIMATED = 0b10;
/** Draw over what is there, without blending; leave it there. */
const REPLACE = 0b10;

/**
 * @param {{ width: number, height: number }} size of the canvas, pixels
 * @param {readonly { data: Buffer, x: number, y: number, width: number, height: number, ms: number }[]} frames
 *   `data` is a still, lossy WebP without transparency; `x` and `y` are even
 * @returns {Buffer} loops for ever
 */
export function animatedWebp({ width, height }, frames) {
  const header = Buffer.alloc(10);
  header[0] = ANIMATED;
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  const endless = Buffer.alloc(6);
  const body = Buffer.concat([
    Buffer.from('WEBP'),
    chunk('VP8X', header),
    chunk('ANIM', endless),
    ...frames.map((frame) => chunk('ANMF', frameOf(frame))),
  ]);
  return chunk('RIFF', body);
}

function frameOf({ data, x, y, width, height, ms }) {
  if (x % 2 || y % 2) throw new RangeError(`A frame of an animated WebP cannot lie at ${x}, ${y}: odd.`);
  const head = Buffer.alloc(16);
  [x / 2, y / 2, width - 1, height - 1, ms].forEach((value, index) => {
    head.writeUIntLE(value, 3 * index, 3);
  });
  head[15] = REPLACE;
  return Buffer.concat([head, chunk('VP8 ', pictureOf(data))]);
}

/** The still's own VP8 data. */
function pictureOf(data) {
  for (let at = 12; at + 8 <= data.length; ) {
    const size = data.readUInt32LE(at + 4);
    if (data.toString('latin1', at, at + 4) === 'VP8 ') return data.subarray(at + 8, at + 8 + size);
    at += 8 + size + (size % 2);
  }
  throw new Error('This is no lossy WebP picture.');
}

function chunk(name, data) {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}
