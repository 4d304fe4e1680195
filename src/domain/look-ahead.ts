// Calls begun before their answers are asked for, because the index says which devices will be meant. Nothing is
// believed of the index but that: the devices come from Entra in this very ask, and one that the index did not name, or
// not with these ids, is asked for as ever, in a second round.

import type { KeyQuestion } from './command.ts';
import type { Desk } from './desk.ts';
import type { IndexedDevice } from './fleet.ts';
import type { EntraDeviceId, EntraObjectId } from './ids.ts';
import type { Deadline } from './ports.ts';

/** More devices of one name than a choice bears are not asked for beforehand. */
const mostAhead = 10;

/** A desk for one ask: what it asks of a device it asks once, and of those that the index expects at once. */
export function lookAhead(desk: Desk, question: KeyQuestion, deadline: Deadline): Desk {
  const early: Desk = {
    ...desk,
    recoveryKeys: { ...desk.recoveryKeys, of: once((id: EntraDeviceId, until) => desk.recoveryKeys.of(id, until)) },
    managedDevices: { ...desk.managedDevices, of: once((id: EntraDeviceId, until) => desk.managedDevices.of(id, until)) },
    directory: {
      ...desk.directory,
      owners: once((id: EntraObjectId, until) => desk.directory.owners(id, until)),
      device: once((id: EntraDeviceId, until) => desk.directory.device(id, until)),
    },
  };
  const begin = async (): Promise<void> => {
    for (const { deviceId, objectId } of await expected(desk, question)) {
      const calls: Promise<unknown>[] = [early.recoveryKeys.of(deviceId, deadline)];
      if (objectId !== undefined) calls.push(early.directory.owners(objectId, deadline));
      // By a name, Intune is asked for the name itself.
      if (question.by !== 'device') calls.push(early.managedDevices.of(deviceId, deadline), early.directory.device(deviceId, deadline));
      // Whoever wants an answer meets its fault; nobody may want it.
      for (const call of calls) call.catch(() => undefined);
    }
  };
  // Without an index everything is asked for when it is wanted.
  begin().catch(() => undefined);
  return early;
}

async function expected({ fleet }: Desk, question: KeyQuestion): Promise<readonly IndexedDevice[]> {
  switch (question.by) {
    case 'device':
      return fleet.named(question.name, mostAhead);
    case 'key-id':
      return fleet.keysBeginning(question.keyId.replaceAll('-', ''), mostAhead);
    case 'key-id-prefix': {
      const keys = await fleet.keysBeginning(question.fragment.hex, 2);
      return keys.length === 1 ? keys : [];
    }
    case 'person':
      return [];
  }
}

/** The same question has the same answer, also while it is on its way. */
function once<Id, Answer>(ask: (id: Id, deadline: Deadline) => Promise<Answer>): (id: Id, deadline: Deadline) => Promise<Answer> {
  const asked = new Map<Id, Promise<Answer>>();
  return (id, deadline) => {
    const answer = asked.get(id) ?? ask(id, deadline);
    asked.set(id, answer);
    return answer;
  };
}
