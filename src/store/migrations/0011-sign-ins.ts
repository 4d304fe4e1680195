// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.

export const name = '0011-sign-ins';

export const sql = `
-- Sign-ins of people in delegated mode, for ten minutes each: what one must meet (claims, in base64), and a hash of the
-- one under way. No token, and nothing that one could be had with.
create table keydesk.sign_in (
  request_id uuid primary key,
  person_id uuid not null,
  claims text check (length(claims) <= 8192),
  state bytea unique check (octet_length(state) = 32),
  until timestamptz(3) not null
);
`;
