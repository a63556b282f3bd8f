/** The position of a page in its list. */
export interface PagePosition {
  /** Number of pages at this limit; 0 for an empty list. */
  readonly max: number;
  /** 1-based position of the first item shown; 0 when the page is empty. */
  readonly from: number;
  /** 1-based position of the last item shown; 0 when the page is empty. */
  readonly to: number;
  /** Number of items on all pages together. */
  readonly total: number;
}

/** Computes the position of a page. @param count the number of items on the page */
export function pagePosition(
  { limit, offset }: { limit: number; offset: number },
  count: number,
  total: number,
): PagePosition {
  return {
    max: Math.ceil(total / limit),
    from: count === 0 ? 0 : offset + 1,
    to: count === 0 ? 0 : offset + count,
    total,
  };
}
