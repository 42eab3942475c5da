/**
 * Puts a text between the marks `<!-- NAME -->` and `<!-- /NAME -->` of a document.
 * @param {string} document
 * @param {string} name
 * @param {string} text
 */
export function withMarked(document, name, text) {
  const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const start = document.indexOf(from);
  const end = document.indexOf(to);
  if (start < 0 || end < start) throw new Error(`The document has no ${from} … ${to}.`);
  return `${document.slice(0, start)}${from}\n\n${text}\n\n${document.slice(end)}`;
}

/** What stands there. */
export function markedIn(document, name) {
  const part = document.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0];
  if (part === undefined) throw new Error(`The document has no <!-- ${name} -->.`);
  return part.trim();
}
