// Bicep as text. There is no compiler for it here: what these find is what can be found without one.

/** Comments and the text inside of strings blanked, so that brackets and words in them count for nothing. `${…}` inside of a string stays. */
export function bare(bicep: string): string {
  return bicep.replaceAll(/\/\/.*$|'(?:\\.|[^'\\\n])*'/gm, (found) =>
    found.startsWith('//') ? '' : `'${[...found.matchAll(/(?<!\\)(\$\{[^}]*\})/g)].map(([part]) => part.slice(1)).join(' ')}'`,
  );
}

/** The first bracket that does not fit; undefined when all do. */
export function unbalanced(bicep: string): string | undefined {
  const open: string[] = [];
  const closing: Readonly<Record<string, string>> = { '}': '{', ']': '[', ')': '(' };
  for (const [sign] of bare(bicep).matchAll(/[{}[\]()]/g)) {
    const opened = closing[sign];
    if (opened === undefined) open.push(sign);
    else if (open.pop() !== opened) return sign;
  }
  return open[0];
}

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly secure: boolean;
}

export const parametersOf = (bicep: string): readonly Parameter[] =>
  [...bicep.matchAll(/(?<above>(?:^@[^\n]*\n)*)^param (?<name>\w+) (?<type>\w+)(?<otherwise> = )?/gm)].map(({ groups }) => ({
    name: groups?.['name'] ?? '',
    type: groups?.['type'] ?? '',
    optional: groups?.['otherwise'] !== undefined,
    secure: /^@secure\(\)/m.test(groups?.['above'] ?? ''),
  }));

export interface Module {
  readonly path: string;
  readonly name: string;
  readonly given: readonly string[];
}

export const modulesOf = (bicep: string): readonly Module[] =>
  [...bicep.matchAll(/^module (?<name>\w+) '(?<path>[^']+)' = \{\n(?<body>[\s\S]*?)^\}/gm)].map(({ groups }) => {
    const params = /^ {2}params: \{\n(?<inner>[\s\S]*?)^ {2}\}/m.exec(groups?.['body'] ?? '')?.groups?.['inner'] ?? '';
    return { name: groups?.['name'] ?? '', path: groups?.['path'] ?? '', given: [...params.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name ?? '') };
  });

export const outputsOf = (bicep: string): readonly { readonly name: string; readonly value: string }[] =>
  [...bicep.matchAll(/^output (\w+) \w+ = (.+)$/gm)].map(([, name = '', value = '']) => ({ name, value }));

/** Names that the file declares: parameters, variables, resources, modules. */
const declared = (bicep: string): ReadonlySet<string> => new Set([...bicep.matchAll(/^ *(?:param|var|resource|module) (\w+)/gm), ...bicep.matchAll(/\[for (\w+) in/g)].map(([, name]) => name ?? ''));

/** Declared, and used nowhere: neither its declaration nor a key of the same name is a use. */
export function unused(bicep: string): readonly string[] {
  const code = bare(bicep).replaceAll(/^(?:param|var) \w+|^ *\w+:/gm, '');
  return [...bicep.matchAll(/^(?:param|var) (\w+)/gm)].map(([, name = '']) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(code));
}

/** `name.something`, or a value that is a single name, of which the file knows nothing. */
export function unknownIn(bicep: string): readonly string[] {
  const known = declared(bicep);
  const code = bare(bicep);
  const used = [...code.matchAll(/(?<![\w.:])([a-z]\w*)(?=\.|::)/g), ...code.matchAll(/^ *\w+: ([a-z]\w*)$/gm), ...code.matchAll(/^output \w+ \w+ = ([a-z]\w*)/gm), ...code.matchAll(/\{([a-z]\w*)\}/g)].map(([, name]) => name ?? '');
  return [...new Set(used)].filter((name) => !known.has(name) && !['true', 'false', 'guid'].includes(name));
}
