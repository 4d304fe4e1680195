// Rotations in Intune. The action exists in beta alone; what became of it is asked for in v1.0, one device at a time,
// because a list leaves `deviceActionResults` empty.

import { z } from 'zod';
import { parseIntuneDeviceId } from '../domain/ids.ts';
import type { Rotator } from '../domain/ports.ts';
import type { RotationAction } from '../domain/rotation.ts';
import { toRotationAction } from './answers.ts';
import type { Ask } from './ask.ts';
import { odata } from './odata.ts';

/** `{}` and null stand for none where nothing was ever done. */
const results = z.object({ id: z.string(), deviceActionResults: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).nullish() });

export const createRotator = (ask: Ask): Rotator => ({
  async lastAction(device, deadline) {
    const reply = await ask({ service: 'intune', route: odata`deviceManagement/managedDevices/${device}?$select=id,deviceActionResults`, deadline });
    const read = results.safeParse(reply.body).data;
    if (read === undefined || parseIntuneDeviceId(read.id) !== device) throw reply.nonsense('the device is not as promised, or another');
    const entries = Array.isArray(read.deviceActionResults) ? read.deviceActionResults : [];
    return newest(entries.flatMap((entry) => toRotationAction(entry) ?? []));
  },

  async rotate(device, { clientRequestId, deadline, authority }) {
    const route = odata`deviceManagement/managedDevices/${device}/rotateBitLockerKeys`;
    const { graphRequestId } = await ask({ service: 'intune', route, version: 'beta', kind: 'act', deadline, clientRequestId, authority });
    return graphRequestId === undefined ? {} : { graphRequestId };
  },
});

const newest = (actions: readonly RotationAction[]): RotationAction | undefined => [...actions].sort((a, b) => b.startedAt.localeCompare(a.startedAt))[0];
