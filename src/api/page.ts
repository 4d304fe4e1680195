// The description of the API as a page: HTML and a style of our own, no script, nothing from elsewhere. Made once.

import { createHash } from 'node:crypto';
import { rightFor } from '../domain/api-caller.ts';
import { z } from 'zod';
import { type ApiAnswer, neverStored } from './http.ts';
import { type Example, type Operation, operations } from './operations.ts';
import { openApi } from './openapi.ts';

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0; } h2 { margin: 3rem 0 .25rem; font-size: 1.15rem; overflow-wrap: anywhere; } h3 { margin: 1.25rem 0 .25rem; font-size: 1rem; }
code, pre { font: 14px/1.5 ui-monospace, monospace; } pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow-x: auto; }
.method { display: inline-block; min-width: 3.25rem; font-weight: 700; } .right { border: 1px solid var(--line); border-radius: 1rem; padding: .1rem .6rem; font-size: .85rem; white-space: nowrap; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); } td:first-child { white-space: nowrap; }
nav ul { padding: 0; list-style: none; } nav li { margin: .35rem 0; } nav a { overflow-wrap: anywhere; } .quiet { opacity: .75; }
@media (max-width: 36rem) { td, th { display: block; border: 0; padding: 0; } td:last-child { border-bottom: 1px solid var(--line); padding-bottom: .5rem; } thead { display: none; } }
`;

export function pageOf(version: string): ApiAnswer {
  const all: readonly Operation[] = Object.values(operations);
  const { components } = openApi(version);
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Keydesk API</title><style>${style}</style></head><body>
<h1>Keydesk API</h1>
<p>BitLocker recovery keys for scripts and ticket systems: the same rules, the same ledger and the same limits as the bot. There is no bulk reveal.</p>
<p>Every call carries an access token of Entra ID (version 2.0) as a bearer token: of a person, with scopes, or of an application, with app roles of the same names. Errors are <code>application/problem+json</code> with a stable <code>code</code> and a <code>reference</code> that the log has too. For programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<nav><ul>${all.map(({ id, method, path, summary }) => `<li><a href="#${id}"><span class="method">${method}</span> <code>${escaped(path)}</code></a> <span class="quiet">${escaped(summary)}</span></li>`).join('')}</ul></nav>
${all.map(section).join('\n')}
<h2 id="forms">Forms</h2><p class="quiet">As JSON Schema; everything that is checked is checked by them.</p>
${formsOf(components).map(([name, schema]) => `<h3 id="form-${escaped(name)}">${escaped(name)}</h3><pre>${escaped(JSON.stringify(schema, null, 2))}</pre>`).join('\n')}
</body></html>`;
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, 'referrer-policy': 'no-referrer', ...neverStored }, body: html };
}

const formsOf = (components: unknown): readonly (readonly [string, unknown])[] =>
  typeof components === 'object' && components !== null && 'schemas' in components && typeof components.schemas === 'object' && components.schemas !== null ? Object.entries(components.schemas) : [];

function section(operation: Operation): string {
  const { id, method, path, summary, description, act, query, pathParameters, headers = {}, answer } = operation;
  const rows = [...Object.entries(pathParameters), ...Object.entries(query.shape), ...Object.entries(headers)];
  const parameters = rows.map(([name, schema]) => `<tr><td><code>${escaped(name)}</code></td><td>${meaning(schema)}</td></tr>`).join('');
  return `<section><h2 id="${id}"><span class="method">${method}</span> <code>${escaped(path)}</code></h2>
<p><strong>${escaped(summary)}.</strong> <span class="right">${rightFor[act]}</span></p><p>${marked(description)}</p>
${parameters === '' ? '' : `<table><thead><tr><th>parameter</th><th>what it is</th></tr></thead><tbody>${parameters}</tbody></table>`}
<h3>Example</h3><pre>${escaped(curlOf(operation))}</pre>
<p class="quiet">${answer.status}: ${marked(answer.description)} ${answer.files === undefined ? '' : `Also as one file: ${answer.files.map((type) => `<code>${escaped(type)}</code>`).join(', ')}.`}</p></section>`;
}

function meaning(schema: unknown): string {
  if (!(schema instanceof z.ZodType)) return '';
  const { description = '', enum: words, minimum, maximum, default: usual } = z.toJSONSchema(schema, { io: 'input' });
  const parts = [marked(description)];
  if (words !== undefined) parts.push(`One of ${words.map((word) => `<code>${escaped(String(word))}</code>`).join(', ')}.`);
  if (minimum !== undefined && maximum !== undefined) parts.push(`${minimum} to ${maximum}.`);
  if (usual !== undefined) parts.push(`Without it: ${escaped(JSON.stringify(usual))}.`);
  return parts.join(' ');
}

/** As somebody would type it; `$KEYDESK` and `$TOKEN` are theirs. */
export function curlOf({ method, path, example }: { readonly method: string; readonly path: string; readonly example: Example }): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => example.path?.[name] ?? `{${name}}`);
  const query = new URLSearchParams(example.query ?? {}).toString();
  const lines = [`curl "$KEYDESK${filled}${query === '' ? '' : `?${query}`}"`, '-H "Authorization: Bearer $TOKEN"'];
  for (const [name, value] of Object.entries(example.headers ?? {})) lines.push(`-H "${name}: ${value}"`);
  if (method === 'POST') lines.push('-H "Content-Type: application/json"', `-d '${JSON.stringify(example.body ?? {})}'`);
  return lines.join(' \\\n  ');
}

/** Words between backticks are code. */
const marked = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
