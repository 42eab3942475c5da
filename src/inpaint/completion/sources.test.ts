import { describe, expect, it } from 'vitest';
import { box, shoot } from '../../../test/inpaint-scene.ts';
import { colourMap } from '../colour.ts';
import { HoleMap } from '../hole-map.ts';
import { PhotometricFit } from '../photometric-fit.ts';
import { Plate } from '../plate.ts';
import { SampleGrid } from '../sample-grid.ts';
import { ROLE } from './completion.ts';
import { Sources } from './sources.ts';

const [WIDTH, HEIGHT] = [320, 192];

/** The roles after so many frames before which a person stands from column 100 to 160. */
function setUp() {
  const picture = shoot('I420', WIDTH, HEIGHT);
  const holes = new HoleMap('I420', WIDTH, HEIGHT);
  const plate = new Plate('I420', WIDTH, HEIGHT);
  const grid = new SampleGrid('I420', WIDTH, HEIGHT);
  const fit = new PhotometricFit(grid);
  const sources = new Sources(grid);
  let time = 0;
  const watch = (frames: number, x0 = 100, x1 = 160) => {
    holes.load(box(WIDTH, HEIGHT, x0, 0, x1, HEIGHT));
    for (let t = 0; t < frames; t++) {
      plate.sample(grid);
      grid.look(picture, holes);
      fit.measure();
      sources.look();
      plate.learn(picture, holes, fit.exposure, time++);
    }
  };
  const roles = (y = 90) =>
    sources
      .inputOf(plate.grids, fit.instability, colourMap('I420', picture.yuv))
      .role.slice(y * WIDTH, (y + 1) * WIDTH);
  return { watch, roles, sources, fit, plate };
}

describe('Sources', () => {
  it('are seen, several times, and a hand away from any mask', () => {
    const { watch, roles } = setUp();
    watch(3);
    expect(roles().includes(ROLE.source)).toBe(false);
    watch(12);
    const row = roles();
    for (let x = 100; x < 160; x++) expect(row[x], `column ${x}`).toBe(ROLE.unknown);
    for (let x = 94; x < 100; x++) expect(row[x], `column ${x}`).toBe(ROLE.context);
    expect(row[80]).toBe(ROLE.source);
    expect(row[300]).toBe(ROLE.source);
  });

  it('are not what came out from behind somebody just now', () => {
    const { watch, roles } = setUp();
    watch(15);
    watch(3, 140, 160);
    expect(roles()[110]).toBe(ROLE.context);
    watch(15, 140, 160);
    expect(roles()[110]).toBe(ROLE.source);
  });

  it('are not what moves, nor what is in doubt', () => {
    const { watch, roles, fit, plate } = setUp();
    watch(15);
    fit.instability.share.fill(0.3, 0, 3 * fit.instability.width);
    expect(roles(fit.instability.cell)[300]).toBe(ROLE.context);
    expect(roles(5 * fit.instability.cell)[300]).toBe(ROLE.source);
    plate.full.doubt[5 * fit.instability.cell * WIDTH + 300] = 1;
    expect(roles(5 * fit.instability.cell)[300]).toBe(ROLE.context);
  });

  it('are none any more once all is forgotten', () => {
    const { watch, roles, sources } = setUp();
    watch(15);
    expect(sources.share).toBeGreaterThan(0.5);
    sources.forget();
    expect(sources.share).toBe(0);
    expect(roles().includes(ROLE.source)).toBe(false);
  });
});
