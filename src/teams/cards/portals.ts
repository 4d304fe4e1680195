// The way that works when Keydesk does not: the device's own page in Microsoft's portals.

import type { EntraObjectId, IntuneDeviceId } from '../../domain/ids.ts';
import { open, type OpenUrlAction } from './card.ts';

/** The ids under which the portals know a device, as far as we do. GUIDs, so that they need no escaping. */
export interface PortalIds {
  readonly objectId?: EntraObjectId;
  readonly intuneId?: IntuneDeviceId;
}

const entra = 'https://entra.microsoft.com/';
const intune = 'https://intune.microsoft.com/';

/** The form of both links is not documented by Microsoft; it is the one the portals show in the address line. */
export const portalLinks = ({ objectId, intuneId }: PortalIds = {}): readonly OpenUrlAction[] => [
  open('Entra portal', objectId === undefined ? `${entra}#view/Microsoft_AAD_Devices/DevicesMenuBlade/~/Devices` : `${entra}#view/Microsoft_AAD_Devices/DeviceDetailsMenuBlade/~/Properties/objectId/${objectId}`),
  open('Intune portal', intuneId === undefined ? intune : `${intune}#view/Microsoft_Intune_Devices/DeviceSettingsMenuBlade/~/overview/mdmDeviceId/${intuneId}`),
];

/** A page of Keydesk itself, from which the browser goes on to Microsoft. */
export const signInButton = (page: string | undefined): readonly OpenUrlAction[] => (page === undefined ? [] : [open('Sign in', page)]);

export const intuneLink = (intuneId?: IntuneDeviceId): readonly OpenUrlAction[] => portalLinks(intuneId === undefined ? {} : { intuneId }).slice(1);
