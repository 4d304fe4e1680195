// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.

export const name = '0009-self-service';

export const sql = `
-- Requests that were there before are the helpdesk's, and so are those of an instance that is not replaced yet.
alter table keydesk.request
  add column asked_by text not null default 'helpdesk' check (asked_by in ('helpdesk', 'owner')),
  drop constraint request_purpose_check,
  add constraint request_purpose_check check (purpose in ('reveal', 'rotate', 'status'));
`;
