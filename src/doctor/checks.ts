// The checks, in the order in which they are made: what the others stand on comes first. To add one: a file of its own
// in checks/ that exports a Check, and a line here.

import type { Check } from './check.ts';
import { credentialEnds } from './checks/credential-ends.ts';
import { database } from './checks/database.ts';
import { endpoint } from './checks/endpoint.ts';
import { groups } from './checks/groups.ts';
import { keyReaders } from './checks/key-readers.ts';
import { ledger } from './checks/ledger.ts';
import { permissions } from './checks/permissions.ts';
import { rotationPolicy } from './checks/rotation-policy.ts';
import { time } from './checks/time.ts';
import { tokens } from './checks/tokens.ts';

export const checks: readonly Check[] = [database, ledger, time, tokens, credentialEnds, permissions, groups, rotationPolicy, keyReaders, endpoint];
