// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// A file that is offered holds what a question to the ledger found, or how ready devices are: then their names, as typed,
// stand with the offer and are gone with it, after a day.

export const name = '0013-check-file';

export const sql = `
alter table keydesk.export_offer
  alter column reading_id drop not null,
  add column names jsonb,
  add constraint export_offer_of check ((reading_id is null) = (names is not null));
`;
