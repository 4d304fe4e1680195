// The examination: one check after the other, each finding told as soon as it is made.

import { ConfigError } from '../config/read-config.ts';
import { Fault } from '../domain/fault.ts';
import { broken, type Check, type Finding, notChecked, ok } from './check.ts';
import type { Patient } from './patient.ts';

export interface Told {
  readonly check: string;
  readonly finding: Finding;
}

/** @param tell hears each finding, in order */
export async function examine(patient: Patient, checks: readonly Check[], tell: (told: Told) => void): Promise<readonly Told[]> {
  const all: Told[] = [];
  for (const check of checks) {
    for (const finding of await look(check, patient)) {
      const told = { check: check.name, finding };
      all.push(told);
      tell(told);
    }
  }
  return all;
}

/** A check that breaks has found out nothing, and does not keep the others from looking. */
async function look(check: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await check.look(patient);
  } catch (error) {
    const why = error instanceof Fault ? error.message : error instanceof Error ? error.name : 'unknown error';
    return [notChecked(check.name, `the check broke off (${why})`, 'Mend what is broken above, and run the doctor again.')];
  }
}

export const configured: Told = { check: 'configuration', finding: ok('configuration', 'every setting is there and can be read') };

/** All that is wrong with it. Nothing else can be looked at before it is mended. */
export const misconfigured = ({ faults }: ConfigError): readonly Told[] =>
  [
    ...faults.map(({ variable, expected, remedy }) => broken(variable, `expected ${expected}`, remedy)),
    notChecked('everything else', 'nothing can be looked at with this configuration', 'Correct it; docs/operations.md names every setting.'),
  ].map((finding) => ({ check: 'configuration', finding }));

export const isRed = (told: readonly Told[]): boolean => told.some(({ finding }) => finding.verdict === 'broken');
