import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** The version of the folding of the stored texts; one row. */
export const SearchFoldingSchema = defineEntity({
  name: 'SearchFolding',
  tableName: 'search_folding',
  properties: {
    /** Always `texts`. */
    kind: p.text().primary(),
    version: p.integer(),
  },
});

export type SearchFoldingState = InferEntity<typeof SearchFoldingSchema>;
