// Would Teams take this package? As far as it can be told without asking Microsoft. A file is judged as it is, whoever
// made it: all findings at once, and none for what follows from another.

import { unzipSync } from 'fflate';
import { type Finding, finding, misshapen } from './finding.ts';
import { iconFindings } from './icons.ts';
import { type Manifest, manifestShape, translationShape } from './manifest.ts';
import { unfilled } from './placeholders.ts';
import { manifestFindings } from './rules.ts';

export type Files = Readonly<Record<string, Uint8Array>>;
/** Microsoft's schema of the manifest, where somebody has it: what it does not like. */
export type SchemaJudge = (manifest: unknown) => readonly Finding[];

/** A package has five small files. */
const mostBytes = 2_000_000;
const manifestName = 'manifest.json';

export function examine(zip: Uint8Array, bySchema?: SchemaJudge): readonly Finding[] {
  const files = filesIn(zip);
  if (files === undefined) return [finding('the package', 'is no zip, or unpacks to more than 2 MB', 'Make it anew: npm run package.')];
  const nested = Object.keys(files).filter((name) => /[\\/]/.test(name));
  if (nested.length > 0) return [finding(`the package: ${nested[0]}`, 'lies in a folder', 'Teams looks at the top of the zip: pack the files, not the folder around them.')];
  const raw = files[manifestName];
  if (raw === undefined) return [finding('the package', `has no ${manifestName}`, 'Make it anew: npm run package.')];
  const manifest = parsed(manifestName, raw);
  if (manifest.findings !== undefined) return manifest.findings;
  const read = manifestShape.safeParse(manifest.value);
  const findings = [...(bySchema?.(manifest.value) ?? []), ...(read.success ? manifestFindings(read.data) : misshapen(manifestName, read.error))];
  return read.success ? [...findings, ...fileFindings(files, read.data)] : findings;
}

function filesIn(zip: Uint8Array): Files | undefined {
  let bytes = 0;
  try {
    return unzipSync(zip, {
      filter: ({ originalSize }) => {
        bytes += originalSize;
        if (bytes > mostBytes) throw new Error('too much');
        return true;
      },
    });
  } catch {
    return undefined;
  }
}

type Parsed = { readonly findings: readonly Finding[]; readonly value?: undefined } | { readonly findings?: undefined; readonly value: unknown };

function parsed(name: string, bytes: Uint8Array): Parsed {
  const text = Buffer.from(bytes).toString('utf8');
  const left = unfilled(text);
  if (left !== undefined) return { findings: [finding(name, `still has the placeholder ${left.slice(0, left.indexOf('}}') + 2 || 30)}`, 'Fill it from env/: npm run package.')] };
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return { findings: [finding(name, 'is no JSON in UTF-8 without a byte order mark', 'Make it anew: npm run package.')] };
  }
}

/** The files that the manifest names, and no other: what else somebody packed is readable for everybody. */
function fileFindings(files: Files, { icons, localizationInfo }: Manifest): readonly Finding[] {
  const languages = localizationInfo.additionalLanguages;
  const named = [manifestName, icons.color, icons.outline, ...languages.map(({ file }) => file)];
  const judge = (name: string, look: (bytes: Uint8Array) => readonly Finding[]): readonly Finding[] => {
    const bytes = files[name];
    return bytes === undefined ? [finding('the package', `has no ${name}, which the manifest names`, 'Add the file to appPackage/, and make it anew.')] : look(bytes);
  };
  return [
    ...judge(icons.color, (bytes) => iconFindings(icons.color, 'color', bytes)),
    ...judge(icons.outline, (bytes) => iconFindings(icons.outline, 'outline', bytes)),
    ...languages.flatMap(({ file }) => judge(file, (bytes) => translationFindings(file, bytes))),
    ...Object.keys(files)
      .filter((name) => !named.includes(name))
      .map((name) => finding(`the package: ${name}`, 'is named nowhere in the manifest', 'Take it out.')),
  ];
}

function translationFindings(name: string, bytes: Uint8Array): readonly Finding[] {
  const { findings, value } = parsed(name, bytes);
  if (findings !== undefined) return findings;
  const read = translationShape.safeParse(value);
  return read.success ? [] : misshapen(name, read.error);
}
