/** Whether a reader has the volume, has ordered it, or wants it. The catalog shows the viewer's item with a volume. */
export const ITEM_STATES = ['owned', 'ordered', 'wanted'] as const;
export type ItemState = (typeof ITEM_STATES)[number];
