/** The largest page that lists allow. */
const LIMIT = 100;

/** Reads all pages of a short list, such as that of the roles. */
export async function allRows<Row>(
  page: (range: { limit: number; offset: number }) => Promise<{ rows: readonly Row[]; total: number }>,
): Promise<Row[]> {
  const all: Row[] = [];
  for (;;) {
    const { rows, total } = await page({ limit: LIMIT, offset: all.length });
    all.push(...rows);
    if (rows.length === 0 || all.length >= total) return all;
  }
}
