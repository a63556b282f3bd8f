import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Which version of the folding the stored texts have. One row. */
export const SearchFoldingSchema = defineEntity({
  name: 'SearchFolding',
  tableName: 'search_folding',
  properties: {
    /** `texts`, for all of them. */
    kind: p.text().primary(),
    version: p.integer(),
  },
});

export type SearchFoldingState = InferEntity<typeof SearchFoldingSchema>;
