import {
  type PictureBox,
  type PicturePoint,
  RemovalError,
  type Remove,
  type Target,
  type TargetStatus,
} from '../src/processor/index.ts';
import { type Chip, Chips } from './chips.ts';
import { ClassMenu, MODELS } from './class-menu.ts';
import { note, onChoice, press } from './controls.ts';
import { page } from './page.ts';
import { type Pick, Picker, type Way } from './pick.ts';
import type { Picks, What } from './words.ts';

/** What is to be taken out, with the picks that belong to it. */
interface Wish {
  readonly what: What;
  /** A point on who stays, of `bystanders`; undefined: whoever is largest and most central. */
  readonly keep?: PicturePoint;
  /** Of `picked`. */
  readonly targets?: readonly Target[];
  /** Of `classes`. */
  readonly classes?: readonly string[];
}

/** What a pick does, in mode `picked`. */
type Tool = 'pointer' | 'brush' | 'eraser';

const SWITCH: Readonly<Record<What, string>> = {
  people: 'Remove people',
  bystanders: 'Remove everyone but me',
  picked: 'Remove what I pick',
  classes: 'Remove things by name',
  nothing: '',
};

const HINT: Readonly<Record<What, string>> = {
  people: 'Everybody in the picture, and what they carry.',
  bystanders:
    'The largest, most central person stays. Is that somebody else? Tap yourself in the camera picture, or focus it, ' +
    'move the cross with the arrow keys and press Enter.',
  picked:
    'Tap a thing in the camera picture, or draw a box round it: a box cuts out better. With the keyboard: focus the ' +
    'picture, move the cross with the arrow keys, draw a box with Shift, press Enter.',
  classes: 'Every thing of that name, wherever it goes.',
  nothing: 'Others see the camera as it is.',
};

const TOOL_HINT: Readonly<Record<Tool, string>> = {
  pointer: HINT.picked,
  brush:
    'Draw over a thing in the camera picture, across all its parts. With the keyboard: focus the picture, move the cross ' +
    'with the arrow keys, draw with Shift, press Enter.',
  eraser:
    'Draw over what is to be seen again: every pick that the line touches is dropped. With the keyboard: focus the picture, ' +
    'move the cross with the arrow keys, draw with Shift, press Enter; or use the × of a pick.',
};

/** On the camera picture; short, since two of them share a small phone. */
const TAG: Readonly<Record<What, string>> = {
  people: 'Camera',
  bystanders: 'Tap who stays',
  picked: 'Tap to pick',
  classes: 'Camera',
  nothing: 'Camera',
};

/** The choice of what is taken out: buttons, the switch, picks on the camera picture and their chips. */
export class Removal {
  readonly #update: (remove: Remove) => Promise<void> | undefined;
  readonly #fail: (error: unknown) => void;
  readonly #picker = new Picker(page.pick, page.camera, (pick) => this.#pick(pick));
  readonly #chips = new Chips(page.chips, (id) => this.#drop(id));
  readonly #menu = new ClassMenu((name) => this.#want({ what: 'classes', classes: [...this.#classes, name] }));
  #wish: Wish = { what: 'people' };
  #tool: Tool = 'pointer';
  /** What the switch goes back to. */
  #last: What = 'people';
  #known: readonly TargetStatus[] = [];
  #picks = 0;

  /**
   * @param update brings it into force; `undefined` while there is no remover
   * @param fail shows an error
   */
  constructor(update: (remove: Remove) => Promise<void> | undefined, fail: (error: unknown) => void) {
    this.#update = update;
    this.#fail = fail;
    onChoice(page.what, (what) => void this.#want({ what: what as What }));
    page.tools.addEventListener('click', ({ target }) => {
      const button = target instanceof Element ? target.closest('button') : null;
      if (!button) return;
      this.#tool = button.value as Tool;
      this.#show();
    });
    page.toggle.addEventListener('click', () => {
      this.#want({ what: this.what === 'nothing' ? this.#last : 'nothing' });
    });
    this.#show();
  }

  get what(): What {
    return this.#wish.what;
  }

  /** As the remover takes it. */
  get remove(): Remove {
    const { what, keep, targets = [] } = this.#wish;
    if (what === 'picked') return { targets };
    // No name yet: nothing is removed, and the room is learnt.
    if (what === 'classes') return this.#classes.length ? { classes: this.#classes, models: MODELS } : { targets: [] };
    return keep ? { keep } : what;
  }

  /** How far the picks are, in mode `picked`. */
  get picks(): Picks | undefined {
    if (this.what === 'classes') return this.#classes.length ? undefined : 'none';
    if (this.what !== 'picked') return undefined;
    const states = this.#chipsNow().map(({ state }) => state);
    if (states.length === 0) return 'none';
    return states.includes(PICKING) ? 'waiting' : 'found';
  }

  /** Another picture comes, or another remover: what was picked in the last one is nowhere in it. */
  forget(): void {
    if (this.#wish.keep || this.#wish.targets?.length) this.#want({ what: this.what });
  }

  /** What has become of the picks. */
  follow(targets: readonly TargetStatus[]): void {
    this.#known = targets;
    this.#chips.show(this.#chipsNow());
  }

  get #classes(): readonly string[] {
    return this.#wish.classes ?? [];
  }

  #pick(pick: Pick): void {
    if (this.what === 'picked' && this.#tool === 'eraser') this.#erase(pick);
    else if (this.what === 'picked') {
      const id = `${'box' in pick ? 'Box' : 'stroke' in pick ? 'Brush' : 'Point'} ${++this.#picks}`;
      this.#want({ what: 'picked', targets: [...(this.#wish.targets ?? []), { id, ...pick }] });
    } else if ('point' in pick) this.#want({ what: 'bystanders', keep: pick.point });
  }

  /** Drops the picks that the line touches, where they are by now. */
  #erase(pick: Pick): void {
    const line = 'stroke' in pick ? pick.stroke : [];
    const touched = this.#known.filter(({ box }) => box && line.some((point) => isIn(point, box))).map(({ id }) => id);
    const targets = this.#wish.targets?.filter(({ id }) => !touched.includes(id)) ?? [];
    if (targets.length < (this.#wish.targets?.length ?? 0)) this.#want({ what: 'picked', targets });
    else note(page.note, 'Nothing that was picked is there.');
  }

  #drop(id: string): void {
    if (this.what === 'classes') {
      this.#want({ what: 'classes', classes: this.#classes.filter((name) => name !== id) });
      this.#menu.focus();
      return;
    }
    const targets = this.#wish.targets?.filter((target) => target.id !== id);
    this.#want(targets ? { what: 'picked', targets } : { what: this.what });
    this.#picker.focus(); // the button that had the focus is gone
  }

  async #want(wish: Wish): Promise<void> {
    const last = this.#wish;
    this.#wish = wish;
    this.#show();
    try {
      await this.#update(this.remove);
    } catch (error) {
      const code = error instanceof RemovalError ? error.code : undefined;
      if (code === 'aborted') return; // a newer wish took its place
      if (code === 'invalid-option' && this.#wish === wish) {
        this.#wish = last;
        this.#show();
      }
      this.#fail(error);
    }
  }

  #show(): void {
    const { what } = this;
    if (what !== 'nothing') this.#last = what;
    press(page.what, what);
    page.toggle.setAttribute('aria-checked', String(what !== 'nothing'));
    page.toggleName.textContent = SWITCH[this.#last];
    page.whatHint.textContent = what === 'picked' ? TOOL_HINT[this.#tool] : HINT[what];
    page.tools.hidden = what !== 'picked';
    press(page.tools, this.#tool);
    this.#menu.show(what === 'classes' ? this.#classes : undefined);
    this.#picker.allow(this.#way);
    page.cameraTag.textContent = TAG[what];
    this.#chips.show(this.#chipsNow());
  }

  get #way(): Way | undefined {
    if (this.what === 'bystanders') return 'points';
    if (this.what !== 'picked') return undefined;
    return this.#tool === 'pointer' ? 'points and boxes' : 'strokes';
  }

  #chipsNow(): Chip[] {
    const { keep, targets = [], classes = [] } = this.#wish;
    if (classes.length) {
      return classes.map((name) => ({ id: name, name, state: 'every', reason: '', drop: `Show every ${name} again` }));
    }
    if (keep) {
      const where = `${percent(keep.x)} from the left, ${percent(keep.y)} from the top`;
      return [{ id: 'keep', name: 'You', state: 'stay', reason: where, drop: 'Let the page choose who stays' }];
    }
    return targets.map(({ id }) => {
      const known = this.#known.find((each) => each.id === id);
      const picked = known && (known.box || known.state !== 'covered');
      return {
        id,
        name: id,
        state: picked ? known.state : PICKING,
        reason: picked ? known.reason : 'the picture is covered until it is found',
        drop: `Show ${id} again`,
      };
    });
  }
}

const PICKING = 'picking …';

function isIn({ x, y }: PicturePoint, box: PictureBox): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
