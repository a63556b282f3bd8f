const DAY = 86_400_000;

/** The day so many days from the current one, in UTC, as the service counts days. */
export function dayFromToday(days: number): string {
  return new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
}

/** The current day in UTC. */
export function today(): string {
  return dayFromToday(0);
}

/**
 * A test that compares with the current day: it runs again if it fails and the day has ended meanwhile. Such a test creates
 * what it changes, so that it can run twice.
 */
export function onOneDay(test: () => Promise<void>): () => Promise<void> {
  return async () => {
    const day = today();
    try {
      await test();
    } catch (error) {
      if (today() === day) throw error;
      await test();
    }
  };
}
