import { collection } from '../graph/bodies.ts';
import type { Call, Route } from '../graph/call.ts';
import { intuneRefusal } from '../graph/errors.ts';
import type { Answer } from '../http/answer.ts';
import { pageOf } from '../odata/page.ts';
import type { Tenant } from '../tenant/tenant.ts';

const readPolicies = ['DeviceManagementConfiguration.Read.All', 'DeviceManagementConfiguration.ReadWrite.All'];

export const configurationPolicyRoutes: readonly Route[] = [
  { method: 'GET', path: 'deviceManagement/configurationPolicies', only: 'beta', family: 'intune', anyOf: readPolicies, answer: listPolicies },
];

/** Settings of the catalogue: whether a device is encrypted, and whether it makes a new password by itself. */
function listPolicies(call: Call): Answer {
  const { query, tenant } = call;
  const expand = query.get('$expand');
  if (expand !== undefined && expand !== 'settings') throw intuneRefusal(400, 'BadRequest', `The property ${expand} cannot be expanded`);
  const all = [{ id: 'b17b0000-0000-4000-8000-000000000001', name: 'BitLocker for all laptops', platforms: 'windows10', technologies: 'mdm', ...(expand === undefined ? {} : { settings: settingsOf(tenant) }) }];
  return collection(call, 'deviceManagement/configurationPolicies', pageOf(all, 100, query));
}

function settingsOf({ intune }: Tenant): readonly unknown[] {
  const { passwordRotation } = intune;
  return [choice('0', 'requiredeviceencryption', 1), ...(passwordRotation === undefined ? [] : [choice('1', 'configurerecoverypasswordrotation', passwordRotation)])];
}

function choice(id: string, setting: string, value: number): unknown {
  const settingDefinitionId = `device_vendor_msft_bitlocker_${setting}`;
  return {
    id,
    settingInstance: {
      '@odata.type': '#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance',
      settingDefinitionId,
      choiceSettingValue: { value: `${settingDefinitionId}_${value}`, children: [] },
    },
  };
}
