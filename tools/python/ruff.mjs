/** As Ruff's own settings. Rules: pycodestyle, Pyflakes, import order, bugbear, outdated syntax. */
const SETTINGS = {
  'line-length': 120,
  'target-version': 'py311',
  // Lambdas with a name, and `zip` of lists that are as long as each other by construction, are how the training is
  // written.
  lint: { select: ['E', 'F', 'I', 'B', 'UP'], ignore: ['E731', 'B905'] },
};

/**
 * Ruff as a library, from its npm package.
 * @returns {Promise<{ format(source: string): string, find(source: string): string[] }>} the source as it should be
 *   formatted; what the rules find in it, as `LINE:COLUMN: RULE MESSAGE`
 */
export async function openRuff() {
  const { Workspace, PositionEncoding } = await import('@astral-sh/ruff-wasm-nodejs');
  const ruff = new Workspace(SETTINGS, PositionEncoding.Utf16);
  const place = ({ code, message, start_location: { row, column } }) =>
    `${row}:${column}: ${code ?? 'syntax'} ${message}`;
  return { format: (source) => ruff.format(source), find: (source) => ruff.check(source).map(place) };
}
