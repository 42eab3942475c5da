/** An element that a script works with. A missing one is a mistake in the page, reported at once. */
export function find<T extends Element>(selector: string, type: new () => T): T {
  const element = document.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`The page has no ${selector}.`);
  return element;
}

/** Tells the `value` of whichever button of a group is pressed. */
export function onChoice(group: HTMLElement, choose: (value: string) => void): void {
  group.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    if (button) choose(button.value);
  });
}

/** Marks the button of a group whose `value` is in force. */
export function press(group: HTMLElement, value: string | undefined, mark: 'busy' | 'pressed' = 'pressed'): void {
  for (const button of group.querySelectorAll('button')) {
    const mine = button.value === value;
    button.setAttribute('aria-busy', String(mine && mark === 'busy'));
    if (mark === 'pressed') button.setAttribute('aria-pressed', String(mine));
  }
}

/** A line that appears when it has something to say. */
export function note(line: HTMLElement, text: string, mood: 'bad' | 'busy' = 'bad'): void {
  line.dataset.mood = mood;
  line.textContent = text;
  line.hidden = text === '';
}

/** A status line; it is announced, so it is touched only when it changes. */
export function showStatus(line: HTMLElement, { mood, text }: { readonly mood: string; readonly text: string }): void {
  line.dataset.mood = mood;
  if (line.textContent !== text) line.textContent = text;
}
