-- Every character of a text and every pair of adjacent characters. Their index serves terms too short for trigrams.
-- The cost makes the planner use the index of the grams instead of computing them for each row.
create or replace function search_grams(value text) returns text[]
language sql immutable strict parallel safe cost 10000
return (
  select array_agg(distinct gram)
  from (
    select unnest(array[letter, letter || lead(letter) over (order by position)]) as gram
    from unnest(string_to_array(value, null)) with ordinality as letters (letter, position)
  ) as grams
  where gram !~ '\n'
);
