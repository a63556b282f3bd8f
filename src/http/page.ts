/** Where a page lies in its list. */
export interface PagePosition {
  /** Number of pages at this limit; 0 for an empty list. */
  readonly max: number;
  /** 1-based position of the first item shown; 0 when the page is empty. */
  readonly from: number;
  /** 1-based position of the last item shown; 0 when the page is empty. */
  readonly to: number;
  /** Number of matches. */
  readonly total: number;
}

/** Computes a page's position from what was asked for, how many items came, and how many there are. */
export function pagePosition(
  asked: { limit: number; offset: number },
  shown: number,
  total: number,
): PagePosition {
  return {
    max: Math.ceil(total / asked.limit),
    from: shown === 0 ? 0 : asked.offset + 1,
    to: shown === 0 ? 0 : asked.offset + shown,
    total,
  };
}
