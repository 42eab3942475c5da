/** As biome.json has it for code. */
export const COLUMNS = 120;

/** What the formatter does not break: an address; in code a text, template or pattern as well. */
const ADDRESS = /https?:\/\/\S+/g;
const LITERAL = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`?|\/(?:[^/\\\n]|\\.)+\//g;

/** A line of a comment: what comes before its text, and the text. */
const COMMENT = /^(\s*(?:\/\/|\*(?!\/)|\/\*\*))( ?)(.*)$/;
/** A whole comment on one line. */
const ONE_LINE = /^(\s*)\/\*\* (.*) \*\/$/;
/** Code, with a comment behind it. */
const BEHIND = /^(\s*)(\S.*?)\s+\/\/ (.*)$/;
/** What begins a paragraph of its own in a comment, or is set as it stands. */
const APART = /^(\s{4,}|[-*|#@>]|```|`--|\d+\.|<!--|biome-ignore|$)/;

/** @returns {number[]} numbers of the lines that are too long and could be shorter */
export function longLines(text) {
  return text.split('\n').flatMap((line, index) => (isLong(line) && shortest(line) > COLUMNS ? [index + 1] : []));
}

const isLong = (line) => line.length > COLUMNS;

/** A line's length without its one longest part that cannot be broken. */
function shortest(line) {
  const parts = line.match(COMMENT.test(line) ? ADDRESS : LITERAL) ?? [];
  return line.length - Math.max(0, ...parts.map((part) => part.length));
}

/** The same file with comments of lines that are too long wrapped, up to the end of their paragraph. */
export function wrapComments(text) {
  const lines = text.split('\n').flatMap(unfold);
  const wrapped = [];
  for (let i = 0; i < lines.length; ) {
    const [, mark, , words] = (isLong(lines[i]) && COMMENT.exec(lines[i])) || [];
    // What is set further in is an example.
    if (!mark || /^\s{4,}/.test(words)) {
      wrapped.push(lines[i++]);
      continue;
    }
    let paragraph = words;
    // The first line of a comment may have its text behind `/**`.
    const next = mark.replace('/**', ' *');
    for (i++; i < lines.length && !isApart(lines[i], next); i++) paragraph += ` ${COMMENT.exec(lines[i])[3].trim()}`;
    // An item of a list goes on below its words, and a tag two columns in.
    const item = /^(- |\* |\d+\. )/.exec(words)?.[0] ?? '';
    const before = /^\s*/.exec(words)[0];
    const hang = ' '.repeat(words.startsWith('@') ? 2 : item.length);
    wrapped.push(...fill(paragraph.trim(), `${mark} ${before}`, `${next} ${before}${hang}`));
  }
  return wrapped.join('\n');
}

/** A long comment on one line, or behind code, gets lines of its own. */
function unfold(line) {
  if (!isLong(line)) return [line];
  const [, indent, words] = ONE_LINE.exec(line) ?? [];
  if (words) return [`${indent}/**`, `${indent} * ${words}`, `${indent} */`];
  const [, before, code, comment] = (!COMMENT.test(line) && BEHIND.exec(line)) || [];
  // A comment's beginning that stands in a text is none.
  if (!comment || (code.match(/['"`]/g)?.length ?? 0) % 2) return [line];
  return [
    `${before}// ${comment[0].toUpperCase()}${comment.slice(1)}${/[.:!?]$/.test(comment) ? '' : '.'}`,
    before + code,
  ];
}

function isApart(line, mark) {
  const [, nextMark, , words] = COMMENT.exec(line) ?? [];
  return nextMark !== mark || APART.test(words);
}

/** Breaks at blanks, but not inside `code` or {@link names}. */
function fill(words, first, rest) {
  const lines = [];
  let line = first;
  for (const word of words.match(/(?:`[^`]*`|\{@[^}]*\}|\S)+/g) ?? []) {
    const isEmpty = line === first || line === rest;
    if (!isEmpty && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = rest + word;
    } else line += isEmpty ? word : ` ${word}`;
  }
  return [...lines, line];
}
