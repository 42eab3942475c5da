import { describe, expect, it } from 'vitest';
import { Visibility } from './visibility.ts';

/** What is said of others of 1,000 pixels, seen apart, once `area` is seen of them beside the main person. */
function seenApart(area: number) {
  const sighting = new Visibility();
  sighting.note(1000, true);
  sighting.note(area, false);
  return [sighting.complete, sighting.partlyHidden, sighting.hardlySeen];
}

describe('Visibility', () => {
  it('says whether others are seen as a whole, in part, or hardly', () => {
    expect(seenApart(900)).toEqual([true, false, false]);
    expect(seenApart(600)).toEqual([false, true, false]);
    expect(seenApart(300)).toEqual([false, true, true]);
    expect(seenApart(0)).toEqual([false, true, true]);
  });

  it('never takes others for complete of whom nothing was seen yet', () => {
    expect(new Visibility().complete).toBe(false);
  });

  it('does not forget who is hidden, however long', () => {
    const sighting = new Visibility();
    sighting.note(1000, true);
    for (let n = 0; n < 1000; n++) sighting.note(300, false);
    expect([sighting.complete, sighting.hardlySeen]).toEqual([false, true]);
  });

  it('expects everybody: one of two who is seen as a whole does not make them complete', () => {
    const sighting = new Visibility();
    sighting.note(2000, true);
    sighting.note(1000, false);
    expect(sighting.complete).toBe(false);
  });

  it('follows others who walk away and grow smaller, while nobody is with the main person', () => {
    const sighting = new Visibility();
    sighting.note(1000, true);
    for (let n = 0; n < 60; n++) sighting.note(500, true);
    sighting.note(500, false);
    expect(sighting.complete).toBe(true);
  });
});
