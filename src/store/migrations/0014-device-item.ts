// Applied once and never edited afterwards: its checksum stands in the database. A change is a new migration.
//
// What scripts are told of a device is written when a sweep concludes, as the text that is sent: a page of a hundred is one
// range of this table. It stands apart from the device, whose row every sweep writes anew, and is written only when it
// changes. What is there at the upgrade is written here, so that nobody waits for the next sweep; a name so long that it
// might be a recovery password is left out until then.

export const name = '0014-device-item';

export const sql = `
create table keydesk.device_item (
  device_id uuid primary key references keydesk.device on delete cascade,
  item text not null
);
comment on column keydesk.device_item.item is 'JSON in one line (domain/fleet-item.ts)';

insert into keydesk.device_item (device_id, item)
select d.device_id, json_build_object(
  'deviceId', d.device_id, 'deviceName', case when length(d.name) < 48 then d.name else '(withheld: looks like a recovery key)' end,
  'status', d.status, 'reason', d.reason, 'asOf', to_char(d.as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'keys', (
    select coalesce(json_agg(json_build_object(
      'keyId', k.key_id, 'volumeType', k.volume, 'createdAt', to_char(k.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'state', case when k.place = 1 then 'active' else 'superseded' end
    ) order by array_position(array['operatingSystem', 'fixedData', 'removableData', 'unknown'], k.volume), k.place), '[]')
    from (
      select *, row_number() over (partition by volume order by created_at desc nulls last, key_id) as place
      from keydesk.device_key where device_id = d.device_id) k))
from keydesk.device d where d.deleted_at is null and d.status is not null order by d.device_id;

drop index keydesk.device_listed;
`;
