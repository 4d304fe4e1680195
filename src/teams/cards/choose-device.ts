// Several devices carry the name, or belong to the person: Keydesk never picks. What tells twins apart stands with each.

import type { Instant } from '../../domain/instant.ts';
import type { DeviceChoice, RevealRequest } from '../../domain/request.ts';
import { type CardMessage, heading, type InputChoiceSet, line, message, note, press } from './card.ts';
import { choiceTitle, type Plain, plain, say } from './escape.ts';
import { age, time } from './times.ts';
import { deviceName, joinWords, ownerWords } from './words.ts';

interface Choosing {
  readonly request: RevealRequest;
  readonly now: Instant;
  /** After a press without a choice. */
  readonly missing?: boolean;
  /** How many more fit than are listed. */
  readonly unlisted?: number;
}

export function chooseDeviceCard({ request, now, missing = false, unlisted = 0 }: Choosing): CardMessage {
  const names = new Set(request.choices.map((choice) => deviceName(choice.device).toLowerCase()));
  const [first] = request.choices;
  const twins = names.size === 1 && first !== undefined;
  const count = request.choices.length;
  const own = request.by === 'owner';
  return message(
    plain`${count + unlisted} devices fit. Choose one to go on.`,
    [
      heading(own ? say`Which of your ${count} computers?` : twins ? say`${count + unlisted} devices are named ${deviceName(first.device)}` : say`Which of these ${count} devices?`),
      line(own ? say`Choose the one that asks for a recovery key.` : request.purpose === 'status' ? say`Choose the one that is meant.` : request.purpose === 'rotate' ? say`Make sure which one is meant, then choose.` : say`Ask the caller who uses the laptop and when it was last in use, then choose.`, { spacing: 'small' }),
      ...(missing ? [line(say`▲ Choose a device first.`, { color: 'attention', weight: 'bolder' })] : []),
      choices(request.choices, now, own ? 'own' : twins),
      ...(unlisted > 0 ? [line(say`${unlisted} more fit and are not listed: their last sign-in is older. Is it one of them? Ask by its name or key ID.`)] : []),
      note(say`Newest sign-in first. This card is open until ${time(request.expiresAt, request.viewer)}.`, { spacing: 'medium' }),
    ],
    [press('choose', 'Continue', request.id, { style: 'positive' }), press('cancel', 'Cancel', request.id)],
  );
}

const choices = (offered: readonly DeviceChoice[], now: Instant, twins: boolean | 'own'): InputChoiceSet => ({
  type: 'Input.ChoiceSet',
  id: 'deviceId',
  label: 'Device',
  style: 'expanded',
  wrap: true,
  isRequired: true,
  errorMessage: 'Choose a device.',
  spacing: 'medium',
  choices: offered.map((choice) => ({ title: choiceTitle(twins === 'own' ? ownTitle(choice, now) : titleOf(choice, now, twins)), value: choice.device.deviceId })),
});

const ownTitle = ({ device }: DeviceChoice, now: Instant): Plain =>
  plain`${deviceName(device)}, ${device.lastSignIn === undefined ? 'last use not known' : `last used ${age(device.lastSignIn, now)}`}`;

/** The owner first among twins: that is what the caller can say. */
function titleOf({ device, owner, keyCount }: DeviceChoice, now: Instant, twins: boolean): Plain {
  const who = ownerWords(owner) ?? 'No owner known';
  const keys = keyCount === undefined ? 'number of keys not known' : keyCount === 1 ? '1 key' : `${keyCount === 0 ? 'no' : keyCount} keys`;
  const seen = device.lastSignIn === undefined ? 'last sign-in not known' : `last sign-in ${age(device.lastSignIn, now)}`;
  const join = device.joinType === 'unknown' ? 'join type not known' : joinWords[device.joinType];
  const disabled = device.enabled === false ? ', disabled' : '';
  return twins
    ? plain`${who}: ${join}${disabled}, ${seen}, ${keys}`
    : plain`${deviceName(device)}: ${join}${disabled}, ${seen}, ${keys}${owner === undefined ? '' : `, ${who}`}`;
}

