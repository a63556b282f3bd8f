-- The ISBN of 13 digits of a volume: its own, or its ISBN of 10 characters converted. Null if it has neither.
create or replace function isbn_of(isbn13 text, isbn10 text) returns text
language sql immutable parallel safe cost 100
return coalesce(isbn13, case when isbn10 ~ '^\d{9}[\dX]$' then (
  select '978' || left(isbn10, 9) || (10 - sum(
    substr('978' || isbn10, position, 1)::int * case when position % 2 = 0 then 3 else 1 end
  ) % 10) % 10
  from generate_series(1, 12) as digits (position)
) end);
