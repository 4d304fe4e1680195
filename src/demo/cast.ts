// The people of the demo and where they talk: a contract with the simulator's tenant and with scripts of others.

export const tenantId = 'c0417050-0000-4000-8000-000000000000';

export interface CastMember {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly part: string;
}

const member = (last: number, first: string, surname: string, part: string): CastMember => ({
  id: `a1e00000-0000-4000-8000-${String(last).padStart(12, '0')}`,
  name: `${first} ${surname}`,
  address: `${first.toLowerCase()}@contoso.com`,
  part,
});

export const cast: readonly CastMember[] = [
  member(1, 'Alex', 'Wilber', 'agent'),
  member(2, 'Megan', 'Bowen', 'admin and approver'),
  member(3, 'Adele', 'Vance', 'owner of LAPTOP-42'),
  member(4, 'Grady', 'Archie', 'auditor'),
  member(5, 'Lee', 'Gu', 'nobody'),
  member(6, 'Isaiah', 'Langer', 'agent and approver'),
];

/** @param first name as typed after `--as`, case ignored. */
export const castMember = (first: string): CastMember | undefined =>
  cast.find((person) => person.name.toLowerCase().split(' ')[0] === first.trim().toLowerCase());
