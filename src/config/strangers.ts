// Settings that nobody reads. One wrong letter in KEYDESK_SENSITIVE_NAMES would otherwise switch it off, without a word.
import { editDistance } from '../domain/nearest.ts';
import type { ConfigFault, Env } from './reader.ts';

/** Of the demo, the commands, the doctor and the other mode; and what infra/ puts out, which the Toolkit writes into env/. */
const beside = /^KEYDESK_(?:ENV_FILE|DATA_DIR|(?:SIM|PLAYGROUND|POSTGRES)_PORT|OAUTH_CONNECTION|PUBLIC_URL|VAULT_NAME|DATABASE_HOST|IDENTITY_PRINCIPAL_ID)$/;

/** Kubernetes tells every pod of a service, by that one's name, which may well be "keydesk". */
const isOfKubernetes = (name: string, value: string): boolean => /_SERVICE_(?:HOST|PORT\w*)$|_PORT_\d+_(?:TCP|UDP|SCTP)\w*$/.test(name) || (name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(value));

const prefix = 'KEYDESK_';
/** Of the letters behind the prefix, one in three. */
const mayBe = (variable: string, wrong: number): boolean => wrong * 3 <= variable.length - prefix.length;

/** @param asked names that were looked up */
export function strangersIn(env: Env, asked: ReadonlySet<string>): readonly ConfigFault[] {
  return Object.entries(env).flatMap(([variable, value = '']) => {
    if (!variable.startsWith(prefix) || value.trim() === '' || asked.has(variable) || beside.test(variable) || isOfKubernetes(variable, value)) return [];
    const [nearest] = [...asked].map((name) => ({ name, wrong: editDistance(variable, name) })).filter(({ wrong }) => mayBe(variable, wrong)).sort((a, b) => a.wrong - b.wrong);
    return [{ variable, expected: 'nothing: there is no setting of this name', remedy: nearest === undefined ? 'Remove it; docs/operations.md names every setting.' : `Is ${nearest.name} meant? Correct the name, or remove it.` }];
  });
}
