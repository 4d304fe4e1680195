import { intuneRefusal } from '../graph/errors.ts';
import { collection, entity } from '../graph/bodies.ts';
import type { Call, Route } from '../graph/call.ts';
import { param } from '../graph/call.ts';
import type { Answer } from '../http/answer.ts';
import { certainEqualities, FilterSyntaxError, parseFilter } from '../odata/filter.ts';
import { pageOf } from '../odata/page.ts';
import { wholeNumber } from '../odata/query.ts';
import type { View } from '../odata/view.ts';
import { nothing, selection } from '../odata/view.ts';
import type { Machine } from '../tenant/machine.ts';
import type { Tenant } from '../tenant/tenant.ts';

const readStates = ['DeviceManagementConfiguration.Read.All', 'DeviceManagementConfiguration.ReadWrite.All'];

export const encryptionStateRoutes: readonly Route[] = [
  { method: 'GET', path: 'deviceManagement/managedDeviceEncryptionStates', only: 'beta', family: 'intune', anyOf: readStates, answer: listStates },
  { method: 'GET', path: 'deviceManagement/managedDeviceEncryptionStates/{}', only: 'beta', family: 'intune', anyOf: readStates, answer: getState },
];

const policyId = 'b17a0000-0000-4000-8000-000000000001';

const view = ({ directory }: Tenant): View<Machine> => ({
  id: (machine) => machine.managed?.id ?? null,
  userPrincipalName: ({ managed }) => (managed?.userId === undefined ? '' : (directory.person(managed.userId)?.userPrincipalName ?? '')),
  deviceType: () => 'desktop',
  osVersion: (machine) => machine.managed?.osVersion ?? null,
  tpmSpecificationVersion: (machine) => machine.report?.tpm ?? null,
  deviceName: (machine) => machine.managed?.deviceName ?? null,
  encryptionReadinessState: (machine) => machine.report?.readiness ?? 'notReady',
  encryptionState: (machine) => (machine.managed?.isEncrypted === true ? 'encrypted' : 'notEncrypted'),
  encryptionPolicySettingState: (machine) => machine.report?.policy ?? 'unknown',
  // Powers of two in the metadata: several at once come as a list with commas.
  advancedBitLockerStates: (machine) => machine.report?.flags.join(',') ?? null,
  fileVaultStates: nothing,
  policyDetails: ({ report }) => (report?.policyName === undefined ? [] : [{ policyId, policyName: report.policyName }]),
});

function selected(call: Call) {
  const properties = view(call.tenant);
  return selection(call.query, properties, { type: 'managedDeviceEncryptionState', byDefault: Object.keys(properties) });
}

function listStates(call: Call): Answer {
  const shown = selected(call);
  const page = pageOf(filtered(call), wholeNumber(call.query, '$top', { lowest: 1, highest: 1000, fallback: 1000 }), call.query);
  return collection(call, `deviceManagement/managedDeviceEncryptionStates${shown.context}`, { items: page.items.map(shown.of), nextToken: page.nextToken });
}

/** Reported: `id eq` works, every other filter is ignored. */
function filtered(call: Call): readonly Machine[] {
  const { fleet } = call.tenant;
  const id = wantedId(call.query.get('$filter'));
  if (id === undefined) return fleet.reported;
  const machine = fleet.machineOfManaged(id);
  return machine?.report === undefined ? [] : [machine];
}

function wantedId(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return certainEqualities(parseFilter(text)).find(({ path }) => path === 'id')?.value;
  } catch (error) {
    if (error instanceof FilterSyntaxError) return undefined;
    throw error;
  }
}

function getState(call: Call): Answer {
  const shown = selected(call);
  const machine = call.tenant.fleet.machineOfManaged(param(call));
  if (machine?.report === undefined) throw intuneRefusal(404, 'ResourceNotFound', `The encryption state '${param(call)}' does not exist`);
  return entity(call, `deviceManagement/managedDeviceEncryptionStates${shown.context}`, shown.of(machine));
}
