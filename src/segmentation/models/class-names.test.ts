import { describe, expect, it } from 'vitest';
import { checkClasses, nameIn, UnknownClassError } from './class-names.ts';

const COCO = ['person', 'airplane', '???', 'couch', 'bottle'];
const VOC = ['background', 'aeroplane', 'bottle', 'sofa'];

describe('class names', () => {
  it('are found under either data set’s spelling, whatever the case', () => {
    expect(nameIn(COCO, 'Sofa')).toBe('couch');
    expect(nameIn(VOC, 'airplane')).toBe('aeroplane');
    expect(nameIn(VOC, ' bottle ')).toBe('bottle');
    expect(nameIn(VOC, 'tv')).toBeUndefined();
  });

  it('that no model knows are refused with the list of those that are known', () => {
    expect(() => checkClasses(['bottle', 'botle'], [COCO, VOC])).toThrow(UnknownClassError);
    expect(() => checkClasses(['botle'], [COCO, VOC])).toThrow(
      "Class 'botle' is unknown to the models. They know: 'aeroplane', 'airplane', 'bottle', 'couch', 'person', 'sofa'.",
    );
    expect(() => checkClasses(['bottle'], [[]])).toThrow(/none: they carry no labels/);
    expect(() => checkClasses(['sofa', 'person'], [COCO])).not.toThrow();
  });
});
