-- Which key of the server's list makes the lookups of sealed numbers, and whether another is taking over (npm run keys:rotate).
-- The keys themselves are never here.
create table private.data_keys (
  is_only boolean primary key default true check (is_only),
  -- Null until a first rotation: the last key of the list, as always before.
  lookup_key_id smallint,
  rotating_to smallint,
  began_at timestamptz,
  finished_at timestamptz
);
insert into private.data_keys default values;
alter table private.data_keys enable row level security;

-- What a rotation still has to seal is found by these.
create index person_contacts_key_id_idx on private.person_contacts (key_id, person_id, kind);
create index accounts_phone_key_id_idx on identity.accounts (phone_key_id, id) where phone_key_id is not null;
create index recognition_files_key_id_idx on private.recognition_files (key_id, id);
