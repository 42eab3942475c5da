/** The reference as Markdown. */

/**
 * @param {{ name: string, symbols: import('./declarations.mjs').PublicSymbol[] }[]} entries
 * @returns {string}
 */
export function referenceOf(entries) {
  const names = new Map(entries.flatMap(({ symbols }) => symbols.map(({ name, kind }) => [name, kind])));
  return [
    '# API reference',
    '<!-- Generated from the comments in src by `npm run docs`. Edit those. -->',
    'By entry of the package. See also [options](options.md) and [recipes](README.md).',
    ...entries.flatMap((entry) => entryOf(entry, names)),
    '',
  ].join('\n\n');
}

/** Values before types; otherwise as the entry has them. */
const RANK = { class: 0, function: 1, const: 2, interface: 3, type: 3 };

function entryOf({ name, symbols }, names) {
  const sorted = symbols.toSorted((a, b) => RANK[a.kind] - RANK[b.kind]);
  return [`## \`${name}\``, ...sorted.flatMap((symbol) => symbolOf(symbol, names))];
}

function symbolOf(symbol, names) {
  const { name, kind, signature, doc, members } = symbol;
  const link = linker(symbol, names);
  const each = kind === 'class' ? (member) => methodOf(name, member, link) : (member) => fieldOf(member, link);
  return [
    `### ${name}`,
    `_${whatIs(symbol, names)}_`,
    ...(signature && !members.length ? [code(signature)] : []),
    ...paragraphs(doc, link),
    ...(kind === 'class' ? members.flatMap(each) : members.length ? [members.map(each).join('\n')] : []),
  ];
}

function whatIs({ kind, heritage, events }, names) {
  const base = heritage && `, extends ${names.has(heritage) ? `[${heritage}](#${slug(heritage)})` : code(heritage)}`;
  const reported = events && `, with the events of [${events}](#${slug(events)})`;
  return `${kind[0].toUpperCase()}${kind.slice(1)}${base}${reported}`;
}

function methodOf(owner, { name, signature, doc }, link) {
  const isNew = name === 'constructor';
  const shown = isNew ? signature.replace(/^constructor/, `new ${owner}`) : signature;
  return [`#### ${isNew ? `new ${owner}` : `${owner}.${name}`}`, code(shown), ...paragraphs(doc, link)];
}

function fieldOf({ name, signature, doc }, link) {
  const text = paragraphs(doc, link).join(' ').replaceAll('\n', ' ');
  return `- ${code(signature || name)}: ${text}`;
}

function paragraphs(doc, link) {
  if (!doc) return [];
  const { text, params, returns, throws } = doc;
  return [
    ...(text ? [link(text)] : []),
    ...(params.length ? [params.map((each) => `- ${code(each.name)}: ${link(each.text)}`).join('\n')] : []),
    ...(returns ? [`**Gives** ${link(returns)}`] : []),
    ...throws.map((each) => `**Throws** ${link(each)}`),
  ];
}

/**
 * Makes `{@link NAME}` a link: to a public symbol, its member, or a member of the symbol whose comment it is; and
 * `docs/…`.
 */
function linker(symbol, names) {
  return (text) =>
    text
      .replaceAll(/\bdocs\/([\w-]+\.md)/g, '[docs/$1]($1)')
      .replace(/\{@link (\w+)(?:\.(\w+))?\}/g, (_, first, second) => {
        const [owner, member] = names.has(first) ? [first, second] : [symbol.name, first];
        const isMember = !member || owner !== symbol.name || symbol.members.some(({ name }) => name === member);
        if (!isMember) throw new Error(`${symbol.name}: {@link ${first}} leads nowhere.`);
        const target = member && names.get(owner) === 'class' ? `${owner}${member}` : owner;
        return `[\`${member && owner !== symbol.name ? `${owner}.${member}` : (member ?? owner)}\`](#${slug(target)})`;
      });
}

const code = (text) => `\`${text}\``;

/** As GitHub makes a heading's address. */
const slug = (heading) => heading.toLowerCase().replaceAll(/[^\w\- ]/g, '');
