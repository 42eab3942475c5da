import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';

/**
 * Rolls the declarations of each entry into one file: what it exports, what that needs, and nothing else. What another
 * entry exports is imported from there, so that one class is one type. Tools for this bring a TypeScript compiler of
 * their own; for declarations that `tsc` wrote, following names is enough.
 *
 * @param {readonly { source: string, types: string, script: string }[]} entries where each starts; the file it becomes;
 *   the
 *   script beside that, by which others import it
 * @returns {Record<string, string>} the text of each file by its name, `types`
 * @throws {Error} where two things that differ have one name, or a class would be declared by two files
 */
export function rollUp(entries) {
  const modules = new Map();
  const moduleOf = (file) => {
    if (!modules.has(file)) modules.set(file, readModule(file));
    return modules.get(file);
  };
  const home = new Map();
  for (const entry of entries) {
    for (const found of exportsOf(entry.source, moduleOf)) if (!home.has(found)) home.set(found, entry);
  }
  const declared = new Map();
  return Object.fromEntries(
    entries.map((entry) => {
      const inside = new Map();
      const outside = new Map();
      const visit = (statement) => {
        const elsewhere = home.get(statement);
        if (elsewhere && elsewhere !== entry)
          return importInto(outside, `./${path.basename(elsewhere.script)}`, statement.name);
        if (inside.has(statement.name)) {
          if (inside.get(statement.name) !== statement)
            throw new Error(`Two declarations are called ${statement.name}.`);
          return;
        }
        inside.set(statement.name, statement);
        const other = declared.get(statement) ?? entry;
        if (other !== entry && statement.isNominal) {
          throw new Error(
            `${statement.name} would be declared by ${other.types} and ${entry.types}: export it from one.`,
          );
        }
        declared.set(statement, entry);
        for (const { target } of statement.uses) {
          const found = resolve(target, moduleOf);
          if (found.package) importInto(outside, found.package, found.name);
          else visit(found);
        }
      };
      const exported = exportsOf(entry.source, moduleOf);
      for (const statement of exported) visit(statement);
      return [entry.types, textOf(exported, inside, outside)];
    }),
  );
}

function textOf(exported, inside, outside) {
  const imports = [...outside].map(
    ([from, names]) => `import type { ${[...names].sort().join(', ')} } from '${from}';\n`,
  );
  const statements = [...inside.values()].map(
    (each) => `${each.doc}${exported.has(each) ? 'export ' : ''}${each.text}\n`,
  );
  // Without a word of export a declaration file's every name would be public.
  return [...imports.sort(), ...statements, 'export {};\n'].join('');
}

function importInto(outside, from, name) {
  if (!outside.has(from)) outside.set(from, new Set());
  outside.get(from).add(name);
}

/** The statements that a file exports, its own and those it passes on. */
function exportsOf(file, moduleOf) {
  const { passedOn, statements } = moduleOf(file);
  const own = [...statements.values()].filter(({ isExported }) => isExported);
  return new Set([...own, ...passedOn.map((target) => resolve(target, moduleOf))]);
}

/** Follows a name to the statement that declares it, or to the package it comes from. */
function resolve({ file, package: name, ...target }, moduleOf) {
  if (name) return { package: name, name: target.name };
  const { statements, imports, passedOn } = moduleOf(file);
  const further = imports.get(target.name) ?? passedOn.find((each) => each.name === target.name);
  const found = statements.get(target.name) ?? (further && resolve(further, moduleOf));
  if (!found) throw new Error(`${file} declares no ${target.name}.`);
  return found;
}

function readModule(file) {
  const text = readFileSync(file, 'utf8');
  const { program, comments, errors } = parseSync(file, text);
  if (errors.length) throw new Error(`${file}: ${errors[0].message}`);
  const targetOf = (from, name) =>
    from.startsWith('.')
      ? { file: path.join(path.dirname(file), from.replace(/(\.d)?\.ts$/, '.d.ts')), name }
      : { package: from, name };
  const imports = new Map();
  const passedOn = [];
  const statements = new Map();
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      for (const { local, imported } of node.specifiers) {
        sameName(file, local, imported);
        imports.set(local.name, targetOf(node.source.value, imported.name));
      }
    } else if (node.type === 'ExportNamedDeclaration' && node.source) {
      for (const { local, exported } of node.specifiers) {
        sameName(file, local, exported);
        passedOn.push(targetOf(node.source.value, local.name));
      }
    } else if (node.type !== 'ExportNamedDeclaration' || node.declaration) {
      const statement = readStatement(node, text, comments, targetOf);
      statements.set(statement.name, statement);
    }
  }
  // A name of the library or of the language is left as it is.
  for (const statement of statements.values()) {
    statement.uses = statement.uses
      .filter(({ target, name }) => target || statements.has(name) || imports.has(name))
      .map(({ target, name }) => ({ target: target ?? { file, name } }));
  }
  return { imports, passedOn, statements };
}

/** To rename what is used under another name would take a scope analysis; nothing of ours needs it. */
function sameName(file, here, there) {
  if (!there || here.name !== there.name) throw new Error(`${file}: ${here.name} goes by two names.`);
}

function readStatement(node, text, comments, targetOf) {
  const isExported = node.type === 'ExportNamedDeclaration';
  const declaration = isExported ? node.declaration : node;
  const { name } = declaration.id ?? declaration.declarations[0].id;
  const uses = [];
  const edits = [];
  walk(declaration, (each) => {
    if (each.type === 'TSImportType') {
      // import("./events.ts").TypedEventTarget<Events>, as tsc writes a base class that is an expression
      uses.push({ target: targetOf((each.source ?? each.argument.literal).value, each.qualifier.name) });
      edits.push([each.start, each.qualifier.start]);
    }
    const named = nameIn(each);
    if (named) uses.push({ name: named });
  });
  const before = text.slice(0, node.start).trimEnd().length;
  const comment = comments.find(({ type, end }) => type === 'Block' && end === before);
  let code = '';
  let from = declaration.start;
  for (const [start, end] of edits) {
    code += text.slice(from, start);
    from = end;
  }
  code += text.slice(from, declaration.end);
  const doc = comment ? `${text.slice(comment.start, comment.end)}\n` : '';
  return {
    name,
    isExported,
    isNominal: declaration.type === 'ClassDeclaration',
    uses,
    doc,
    text:
      code.startsWith('interface') || code.startsWith('type') || code.startsWith('declare') ? code : `declare ${code}`,
  };
}

/** The name that a node refers to, where it refers to one of the file's own or imported names. */
function nameIn({ type, typeName, exprName, expression, superClass }) {
  const named = {
    TSTypeReference: typeName,
    TSTypeQuery: exprName,
    TSInterfaceHeritage: expression,
    TSClassImplements: expression,
    ClassDeclaration: superClass,
  }[type];
  return leftmost(named);
}

function leftmost(named) {
  if (!named) return undefined;
  return named.type === 'TSQualifiedName' ? leftmost(named.left) : named.name;
}

function walk(node, visit) {
  if (typeof node !== 'object' || node === null) return;
  if (typeof node.type === 'string') visit(node);
  for (const child of Object.values(node)) walk(child, visit);
}
