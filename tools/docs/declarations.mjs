/**
 * What the emitted declarations (`.cache/declarations`) make public: every export of an entry, with its members and
 * their comments.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';

/**
 * @typedef {{ text: string, throws: string[], params: { name: string, text: string }[], returns: string }} Doc
 * @typedef {{ name: string, signature: string, doc: Doc | undefined }} Member
 * @typedef {{ name: string, kind: 'class' | 'function' | 'const' | 'interface' | 'type', signature: string,
 *   heritage: string, events: string, doc: Doc | undefined, members: Member[], hidden: string[] }} PublicSymbol
 *   `events` is the interface of a class's events; `hidden` names types of ours that the symbol uses.
 */

/**
 * The symbols that a declaration file exports, also those that it passes on from files beside it.
 * @param {string} file
 * @param {readonly string[] | undefined} [wanted] these alone
 * @returns {PublicSymbol[]}
 */
export function readEntry(file, wanted) {
  const source = readSource(file);
  return source.program.body.flatMap((node) => {
    if (node.type !== 'ExportNamedDeclaration') return [];
    if (node.source) {
      const from = path.join(path.dirname(file), node.source.value.replace(/\.ts$/, '.d.ts'));
      return readEntry(
        from,
        node.specifiers.map(({ exported }) => exported.name),
      );
    }
    const declared = node.declaration && readDeclaration(node, source);
    return declared && (!wanted || wanted.includes(declared.name)) ? [declared] : [];
  });
}

function readSource(file) {
  const text = readFileSync(file, 'utf8');
  const { program, comments, errors } = parseSync(file, text);
  if (errors.length) throw new Error(`${file}: ${errors[0].message}`);
  const blocks = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'));
  return { text, program, blocks, own: ownNames(program), consts: constsOf(program) };
}

/** Types that are ours: declared in the file, or imported from one beside it. */
function ownNames(program) {
  return new Set(
    program.body.flatMap((node) => {
      if (node.type === 'ImportDeclaration') {
        return node.source.value.startsWith('.') ? node.specifiers.map(({ local }) => local.name) : [];
      }
      const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
      return declaration?.id?.name ?? [];
    }),
  );
}

/** `declare const NAME: TYPE`, which is how TypeScript writes a base class that is an expression. */
function constsOf(program) {
  const declarations = program.body.flatMap((node) => (node.type === 'VariableDeclaration' ? node.declarations : []));
  return new Map(declarations.map(({ id }) => [id.name, id.typeAnnotation?.typeAnnotation]));
}

const KINDS = {
  ClassDeclaration: 'class',
  TSDeclareFunction: 'function',
  VariableDeclaration: 'const',
  TSInterfaceDeclaration: 'interface',
  TSTypeAliasDeclaration: 'type',
};

function readDeclaration(node, source) {
  const { declaration } = node;
  const kind = KINDS[declaration.type];
  if (!kind) throw new Error(`A public ${declaration.type} is not known to tools/docs.`);
  const { name } = declaration.id ?? declaration.declarations[0].id;
  const bases = heritageOf(declaration, source);
  return {
    name,
    kind,
    ...bases,
    signature: kind === 'class' || kind === 'interface' ? '' : signatureOf(declaration, source),
    doc: docBefore(node.start, source),
    members: membersOf(declaration, source),
    hidden: [...namesIn(publicParts(declaration))].filter((each) => source.own.has(each) && each !== name),
  };
}

function heritageOf({ superClass, extends: extended }, source) {
  const base = superClass && source.consts.get(superClass.name);
  // new () => import("./events.ts").TypedEventTarget<RemoverEvents>
  const typed = base?.returnType?.typeAnnotation;
  if (typed?.type === 'TSImportType') {
    return { heritage: 'EventTarget', events: sliceOf(typed.typeArguments.params[0], source) };
  }
  const named = superClass ? [superClass] : Array.isArray(extended) ? extended.map(({ expression }) => expression) : [];
  return { heritage: named.map((each) => sliceOf(each, source)).join(', '), events: '' };
}

const isPublic = ({ type, key, accessibility }) =>
  type !== 'StaticBlock' && key?.type !== 'PrivateIdentifier' && accessibility !== 'private';

const bodyOf = ({ type, body }) =>
  type === 'ClassDeclaration' || type === 'TSInterfaceDeclaration' ? body.body.filter(isPublic) : [];

/** What of a declaration its users see. */
const publicParts = (declaration) =>
  declaration.type === 'ClassDeclaration' ? bodyOf(declaration) : { ...declaration, id: undefined };

function membersOf(declaration, source) {
  if (declaration.type === 'TSTypeAliasDeclaration') return choicesOf(declaration.typeAnnotation, source);
  return bodyOf(declaration).map((member) => ({
    name: member.key ? sliceOf(member.key, source) : 'call',
    signature: signatureOf(member, source),
    doc: docBefore(member.start, source),
  }));
}

/** A union of texts whose choices have comments: each is a member then. */
function choicesOf(type, source) {
  if (type?.type !== 'TSUnionType') return [];
  const choices = type.types.map((each) => {
    const gap = source.text.slice(0, each.start).match(/\s*\|\s*$/)?.[0].length ?? 0;
    return { name: sliceOf(each, source), signature: '', doc: docBefore(each.start - gap, source) };
  });
  return choices.some(({ doc }) => doc) ? choices : [];
}

const sliceOf = ({ start, end }, { text }) => text.slice(start, end);

function signatureOf(node, source) {
  return sliceOf(node, source)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^(export )?(declare )?(readonly )?/, '')
    .replace(/\s+/g, ' ')
    .replace(/\breadonly (?=\w+\??:)/g, '')
    .replace(/; \}/g, ' }')
    .replace(/;$/, '')
    .trim();
}

/** The comment that ends where the node starts. */
function docBefore(start, { text, blocks }) {
  const before = text.slice(0, start).trimEnd().length;
  const block = blocks.find(({ end }) => end === before);
  return block && readDoc(block.value);
}

function readDoc(comment) {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trimEnd());
  const [text, ...tags] = lines.join('\n').split(/^@(?=\w)/m);
  const doc = { text: text.trim(), throws: [], params: [], returns: '' };
  for (const tag of tags) {
    const [, name, rest] = /^(\w+)\s*([\s\S]*)$/.exec(tag.trim());
    if (name === 'throws') doc.throws.push(rest);
    else if (name === 'returns') doc.returns = rest;
    else if (name === 'param') {
      const [, param, what] = /^(\S+)\s*([\s\S]*)$/.exec(rest);
      doc.params.push({ name: param, text: what });
    } else throw new Error(`A public comment has the tag @${name}, which tools/docs does not know.`);
  }
  return doc;
}

/** Every type that is named below a node. */
function namesIn(node, names = new Set()) {
  if (typeof node !== 'object' || node === null) return names;
  if (node.type === 'TSTypeReference' && node.typeName.type === 'Identifier') names.add(node.typeName.name);
  if (node.type === 'TSInterfaceHeritage') names.add(node.expression.name);
  for (const child of Object.values(node)) namesIn(child, names);
  return names;
}
