interface Comparison {
  readonly stage: HTMLElement;
  readonly toggle: HTMLButtonElement;
  /** 0..100: where before ends and after begins. */
  readonly split: HTMLInputElement;
}

/** Before and after laid over one another, with a slider between them; side by side otherwise. */
export function offerComparison({ stage, toggle, split }: Comparison): void {
  const show = () => stage.style.setProperty('--split', `${split.value}%`);
  toggle.addEventListener('click', () => {
    const on = toggle.getAttribute('aria-pressed') !== 'true';
    toggle.setAttribute('aria-pressed', String(on));
    stage.toggleAttribute('data-compare', on);
    split.hidden = !on;
    if (on) split.focus();
  });
  split.addEventListener('input', show);
  show();
}
