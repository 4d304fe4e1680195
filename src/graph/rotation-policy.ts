// Whether devices are told to make a new recovery password by themselves after one was used, without which Intune's
// action does nothing either. Read from the settings catalogue (beta); older kinds of policy hold the same elsewhere.

import { z } from 'zod';
import type { Deadline } from '../domain/ports.ts';
import type { Ask } from './ask.ts';
import { odata } from './odata.ts';

export interface RotationPolicy {
  readonly name: string;
  readonly rotates: 'off' | 'entra-joined' | 'hybrid-too' | 'unknown';
}

export interface RotationPolicies {
  /** Those that say something about it. */
  readonly found: readonly RotationPolicy[];
  /** Only the first page of a long list was looked at. */
  readonly more: boolean;
}

const policy = z.object({ id: z.string(), name: z.string().nullish(), settings: z.array(z.unknown()).nullish() });
const page = z.object({ value: z.array(policy), '@odata.nextLink': z.string().nullish() });
const setting = z.object({ settingInstance: z.object({ settingDefinitionId: z.string(), choiceSettingValue: z.object({ value: z.string() }).nullish() }) });

/** The CSP `BitLocker/ConfigureRecoveryPasswordRotation`. */
const rotationSetting = /_configurerecoverypasswordrotation$/i;
const meanings: ReadonlyMap<string, RotationPolicy['rotates']> = new Map([
  ['0', 'off'],
  ['1', 'entra-joined'],
  ['2', 'hybrid-too'],
]);

/** Needs `DeviceManagementConfiguration.Read.All`. */
export async function rotationPoliciesOf(ask: Ask, deadline: Deadline): Promise<RotationPolicies> {
  const route = odata`deviceManagement/configurationPolicies?$expand=settings`;
  const first = await ask({ service: 'intune', version: 'beta', route, deadline });
  const list = page.safeParse(first.body).data;
  if (list === undefined) throw first.nonsense('the policies are not as promised');
  const found = list.value.flatMap(({ name, settings }): readonly RotationPolicy[] =>
    (settings ?? []).flatMap((raw) => {
      const { settingDefinitionId, choiceSettingValue } = setting.safeParse(raw).data?.settingInstance ?? {};
      if (settingDefinitionId === undefined || !rotationSetting.test(settingDefinitionId)) return [];
      return [{ name: name ?? '', rotates: meanings.get(/_(\d)$/.exec(choiceSettingValue?.value ?? '')?.[1] ?? '') ?? 'unknown' }];
    }),
  );
  return { found, more: typeof list['@odata.nextLink'] === 'string' };
}
