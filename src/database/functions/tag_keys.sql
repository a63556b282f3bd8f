-- Tags without their case, for comparisons. Immutable, so that an index can have them.
create or replace function tag_keys(tags text[]) returns text[] language sql immutable strict parallel safe
return array(select lower(tag collate "und-x-icu") from unnest(tags) as tag);
