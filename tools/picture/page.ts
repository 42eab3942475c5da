import { makeFilm } from './film-page.ts';
import { explain } from './how-page.ts';
import { drawScene } from './scene-page.ts';

/** What the pictures' command calls in the page, by name. */
const steps = { drawScene, makeFilm, explain };

declare global {
  interface Window {
    steps: typeof steps;
  }
}

window.steps = steps;
