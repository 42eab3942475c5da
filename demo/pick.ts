import type { PictureBox, PicturePoint } from '../src/processor/index.ts';
import { find } from './controls.ts';

/** What was shown on the picture, in shares of its width and height. */
export type Pick =
  | { readonly point: PicturePoint }
  | { readonly box: PictureBox }
  | { readonly stroke: readonly PicturePoint[] };

/** What can be shown: a place alone, a box round it too, or a line over it. */
export type Way = 'points' | 'points and boxes' | 'strokes';

/** A pointer that went less far, in CSS pixels, meant a tap. */
const TAP = 8;
/** What an arrow key moves the cross by, share of the picture. */
const STEP = 0.02;
/** Least way between two points of a line, share of the picture, and the most points that a stroke may have. */
const LINE_STEP = 0.006;
const MOST_POINTS = 1000;
/** Half the cross, share of the picture's height. */
const CROSS = 0.05;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/**
 * Picking on a video: a tap is a point, a drag a box or a line; arrow keys move a cross, with Shift they draw, Enter
 * picks. Over the video lies an SVG whose `viewBox` is the picture and which is fitted as the video is (`xMidYMid meet`
 * is `object-fit: contain`), so its matrix leads from the screen to the picture: bars, zoom and mirroring included.
 */
export class Picker {
  readonly #area: HTMLElement;
  readonly #picture = find('#pick svg', SVGSVGElement);
  readonly #box = find('#pick rect', SVGRectElement);
  readonly #cross = find('#pick path', SVGPathElement);
  readonly #line = find('#pick polyline', SVGPolylineElement);
  readonly #onPick: (pick: Pick) => void;
  #way: Way = 'points';
  /** Where the pick began and how far it has come; one and the same for a point. */
  #from: PicturePoint = { x: 0.5, y: 0.5 };
  #to: PicturePoint = this.#from;
  /** The line so far. */
  #stroke: PicturePoint[] = [];
  /** Where the pointer went down on the screen. */
  #down: { readonly clientX: number; readonly clientY: number } | undefined;

  /** @param area lies over `video`, with an SVG in it that has a rectangle, a polyline and a path */
  constructor(area: HTMLElement, video: HTMLVideoElement, onPick: (pick: Pick) => void) {
    this.#area = area;
    this.#onPick = onPick;
    area.tabIndex = 0;
    video.addEventListener('resize', () => {
      this.#picture.setAttribute('viewBox', `0 0 ${video.videoWidth} ${video.videoHeight}`);
      this.#draw();
    });
    area.addEventListener('pointerdown', (event) => this.#begin(event));
    area.addEventListener('pointermove', (event) => this.#move(event));
    area.addEventListener('pointerup', () => this.#down && this.#finish());
    area.addEventListener('pointercancel', () => this.#reset(this.#from));
    area.addEventListener('keydown', (event) => this.#key(event));
  }

  /** What can be picked; `undefined`: nothing, and the picture is a picture again. */
  allow(what: Way | undefined): void {
    this.#way = what ?? 'points';
    this.#area.hidden = what === undefined;
    this.#area.toggleAttribute('data-draws', this.#way !== 'points');
    this.#reset({ x: 0.5, y: 0.5 });
  }

  focus(): void {
    this.#area.focus({ preventScroll: true });
  }

  #begin(event: PointerEvent): void {
    const at = this.#at(event);
    if (!event.isPrimary || event.button !== 0 || !at || at.x !== clamp(at.x) || at.y !== clamp(at.y)) return;
    this.#area.setPointerCapture(event.pointerId);
    this.#reset(at);
    this.#down = event;
    this.#area.toggleAttribute('data-drawing', true);
  }

  #move(event: PointerEvent): void {
    const at = this.#at(event);
    if (!this.#down || this.#way === 'points' || !at) return;
    if (this.#way === 'strokes') {
      this.#extend({ x: clamp(at.x), y: clamp(at.y) });
      this.#draw();
      return;
    }
    const way = Math.hypot(event.clientX - this.#down.clientX, event.clientY - this.#down.clientY);
    this.#to = way < TAP ? this.#from : { x: clamp(at.x), y: clamp(at.y) };
    this.#draw();
  }

  #key(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const move = ({ x, y }: PicturePoint) => ({ x: clamp(x + arrow[0]), y: clamp(y + arrow[1]) });
      this.#to = move(this.#to);
      if (!event.shiftKey) this.#reset(this.#to);
      else if (this.#way === 'points') this.#from = this.#to;
      else if (this.#way === 'strokes') this.#extend(this.#to);
      this.#draw();
    } else if (event.key === 'Enter' || event.key === ' ') this.#finish();
    else if (event.key === 'Escape') this.#reset(this.#to);
    else return;
    event.preventDefault();
  }

  #finish(): void {
    if (this.#way === 'strokes') {
      this.#onPick({ stroke: this.#stroke.map(({ x, y }) => ({ x: round(x), y: round(y) })) });
      this.#reset(this.#to);
      return;
    }
    const { x, y, width, height } = this.#drawn;
    this.#onPick(width || height ? { box: { x, y, width, height } } : { point: { x, y } });
    this.#reset(this.#to);
  }

  #reset(at: PicturePoint): void {
    this.#down = undefined;
    this.#area.toggleAttribute('data-drawing', false);
    this.#from = at;
    this.#to = at;
    this.#stroke = [at];
    this.#draw();
  }

  #extend(at: PicturePoint): void {
    const last = this.#stroke.at(-1);
    this.#to = at;
    if (last && Math.hypot(at.x - last.x, at.y - last.y) < LINE_STEP) return;
    if (this.#stroke.length < MOST_POINTS) this.#stroke.push(at);
  }

  get #drawn(): PictureBox {
    const [{ x, y }, to] = [this.#from, this.#to];
    return {
      x: round(Math.min(x, to.x)),
      y: round(Math.min(y, to.y)),
      width: round(Math.abs(x - to.x)),
      height: round(Math.abs(y - to.y)),
    };
  }

  #draw(): void {
    const { width, height } = this.#picture.viewBox.baseVal;
    const box = this.#way === 'strokes' ? { x: 0, y: 0, width: 0, height: 0 } : this.#drawn;
    this.#box.setAttribute('x', String(box.x * width));
    this.#box.setAttribute('y', String(box.y * height));
    this.#box.setAttribute('width', String(box.width * width));
    this.#box.setAttribute('height', String(box.height * height));
    const line = this.#way === 'strokes' ? this.#stroke : [];
    this.#line.setAttribute('points', line.map(({ x, y }) => `${x * width},${y * height}`).join(' '));
    const [x, y, arm] = [this.#to.x * width, this.#to.y * height, CROSS * height];
    this.#cross.setAttribute('d', `M${x - arm} ${y}h${2 * arm}M${x} ${y - arm}v${2 * arm}`);
  }

  /** In shares of the picture, beyond 0..1 beside it; undefined while there is no picture. */
  #at({ clientX, clientY }: PointerEvent): PicturePoint | undefined {
    const { width, height } = this.#picture.viewBox.baseVal;
    const matrix = this.#picture.getScreenCTM();
    if (!matrix || !width || !height) return undefined;
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
    return { x: x / width, y: y / height };
  }
}

/** Finer than any camera's pixels, and readable in an error. */
function round(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
