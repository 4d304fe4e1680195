// The same machines in Intune. It answers a filter that it dislikes with every device there is, so the filter's
// condition is checked again here; and it takes no `or`.

import type { ManagedDevices } from '../domain/ports.ts';
import { managedDeviceProperties, toManagedDevice } from './answers.ts';
import type { Ask } from './ask.ts';
import { folded, isAskable, odata, selecting } from './odata.ts';
import { allPages } from './pages.ts';

export const createManagedDevices = (ask: Ask): ManagedDevices => ({
  async named(name, deadline) {
    if (!isAskable(name)) return [];
    const route = selecting(odata`deviceManagement/managedDevices?$filter=deviceName eq ${name}`, managedDeviceProperties);
    const devices = await allPages(ask, { service: 'intune', route, deadline }, toManagedDevice);
    return devices.filter((device) => folded(device.name) === folded(name));
  },

  async of(deviceId, deadline) {
    const route = selecting(odata`deviceManagement/managedDevices?$filter=azureADDeviceId eq ${deviceId}`, managedDeviceProperties);
    const devices = await allPages(ask, { service: 'intune', route, deadline }, toManagedDevice);
    return devices.filter((device) => device.deviceId === deviceId);
  },
});
