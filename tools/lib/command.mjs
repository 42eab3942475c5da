import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { say } from './setup.mjs';

/**
 * One kind of option: how `parseArgs` takes it, and what its text means. `read` gets the text and the option's name as
 * it is typed, and throws an {@link UsageError} that says what it may be.
 * @typedef {{ type: 'string' | 'boolean', default?: string, read?: (text: string, option: string) => unknown }} Option
 */

/** What was typed cannot be meant. */
export class UsageError extends Error {}

/** @returns {Option} `--name`: true or false */
export const flag = () => ({ type: 'boolean' });

/** @returns {Option} any text; undefined where it is not given and has no default */
export const text = (fallback) => option(fallback, (value) => value);

/** @returns {Option} a number of `min` or more, or above `above`, up to `max` */
export const number = (fallback, { min = -Infinity, above = -Infinity, max = Infinity, whole = false } = {}) =>
  option(fallback, (value, name) => {
    const read = value.trim() === '' ? Number.NaN : Number(value);
    if (read >= min && read > above && read <= max && (!whole || Number.isInteger(read))) return read;
    const least = above > -Infinity ? `above ${above}` : min > -Infinity ? `${min} or more` : '';
    const most = max < Infinity ? `up to ${max}` : '';
    const limits = [least, most].filter(Boolean).join(', ');
    throw new UsageError(`${name} ${value}: a ${whole ? 'whole ' : ''}number${limits ? `, ${limits}` : ''}.`);
  });

/** @returns {Option} one of these words */
export const choice = (known, fallback) => option(fallback, (value, name) => known[indexIn(known, value, name)]);

/** @returns {Option} a list of these words, with commas between */
export const choices = (known, fallback) =>
  option(fallback, (value, name) => value.split(',').map((each) => known[indexIn(known, each, name)]));

/** @returns {Option} `{ width, height }` in pixels, typed as 640x480 */
export const size = (fallback) => option(fallback, readSize);

/** @returns {Option} a list of them, with commas between */
export const sizes = (fallback) =>
  option(fallback, (value, name) => value.split(',').map((each) => readSize(each, name)));

/** @returns {Option} a file or folder that is there */
export const existing = (fallback) =>
  option(fallback, (value, name) => {
    if (existsSync(value)) return value;
    throw new UsageError(`${name} ${value}: no such file or folder.`);
  });

function option(fallback, read) {
  return { type: 'string', ...(fallback === undefined ? {} : { default: fallback }), read };
}

function indexIn(known, word, name) {
  const index = known.indexOf(word);
  if (index < 0) throw new UsageError(`${name} ${word}: there are ${known.join(', ')}.`);
  return index;
}

function readSize(value, name) {
  const [, width, height] = value.match(/^(\d+)x(\d+)$/) ?? [];
  if (Number(width) && Number(height)) return { width: Number(width), height: Number(height) };
  throw new UsageError(`${name} ${value}: WIDTHxHEIGHT in pixels, such as 640x480.`);
}

/**
 * Reads a tool's command line. `--help` prints the comment at the top of the tool's file, and ends the process.
 * @param {string} url `import.meta.url` of the file whose comment is the help
 * @param {Record<string, Option>} [options]
 * @param {{ args?: string[], words?: readonly string[] }} [more] `words` that may stand alone; none unless given
 * @returns {{ values: Record<string, any>, words: string[] }}
 * @throws {UsageError}
 */
export function readCommand(url, options = {}, { args = process.argv.slice(2), words: known = [] } = {}) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
  } catch (error) {
    // Node goes on about arguments that begin with a dash.
    throw new UsageError(`${error.message.split('. ', 1)[0].replace(/\.$/, '')}.`);
  }
  const { values, positionals: words } = parsed;
  if (values.help) {
    console.log(helpOf(url));
    process.exit(0);
  }
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    throw new UsageError(`'${unknown}' is not known here${known.length ? `; there are ${known.join(', ')}` : ''}.`);
  }
  const read = ([name, value]) => [name, options[name].read?.(value, `--${name}`) ?? value];
  return { values: Object.fromEntries(Object.entries(values).map(read)), words };
}

/** The first comment of a tool's file that shows how it is typed. */
function helpOf(url) {
  const comments = readFileSync(fileURLToPath(url), 'utf8').match(/^\/\*\*[\s\S]*?\*\/$/gm) ?? [];
  const help = comments.find((comment) => /\bnpm (run|start|test)\b/.test(comment));
  if (!help) throw new Error(`${url} has no comment that says how it is run.`);
  return help
    .replace(/^\/\*\* ?| ?\*\/$/g, '')
    .replaceAll(/^ \* ?/gm, '')
    .trim();
}

/**
 * Runs a tool. What goes wrong is reported in one line, and ends the process with 2.
 * @param {string} name as in `npm run NAME`
 * @param {() => Promise<unknown> | unknown} main
 */
export async function runTool(name, main) {
  try {
    await main();
  } catch (error) {
    const words = String(error.message ?? error).replace(/^page\.\w+: (Error: )?/, '');
    say(`${name}: ${words}${error instanceof UsageError ? ' --help says how it is called.' : ''}`);
    process.exit(2);
  }
}
