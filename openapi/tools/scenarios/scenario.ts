/** What each generated client does against a running service; every step says what it answers. */
export interface Steps {
  register(username: string, password: string): Promise<string>;
  /** The id of the first series that a search finds. */
  findSeries(search: string): Promise<number>;
  add(accessToken: string, seriesId: number): Promise<string>;
  /** The progress of the reader's entry. */
  progressOf(accessToken: string, seriesId: number): Promise<number>;
}

/** Where the service is. */
export const SERVER = process.env.SERVER as string;

/** The body of an entry; the first start registers client 1. */
export const ENTRY = {
  visibility: 'private',
  progressType: 'chapters',
  progress: 10.5,
  status: 'started',
  priority: 'mid',
  client: 1,
} as const;

/** Registers, finds a series, adds it to the history and reads it back. Fails with the step that goes wrong. */
export async function run(name: string, steps: Steps): Promise<void> {
  const username = `gen-${name}-${Date.now() % 100_000}`.slice(0, 20);
  const accessToken = await steps.register(username, 'correct horse battery');
  expect(accessToken.startsWith('ey'), 'register');
  const seriesId = await steps.findSeries('one piece');
  expect(seriesId > 0, 'findSeries');
  expect((await steps.add(accessToken, seriesId)) === 'Reading status added successfully', 'add');
  expect((await steps.progressOf(accessToken, seriesId)) === 10.5, 'progressOf');
}

function expect(holds: boolean, step: string): void {
  if (!holds) throw new Error(`${step} answered something else`);
}
