/**
 * A generator of numbers from 0 (inclusive) to 1 (exclusive), the same for the same seed: George Marsaglia's xorshift.
 * The environment variable SEED takes precedence over the given seed, which is printed to repeat a failed run.
 */
export function seededRandom(defaultSeed = Date.now() % 2 ** 31): () => number {
  const seed = Number(process.env['SEED'] ?? defaultSeed);
  process.stdout.write(`seed ${seed} (SEED=${seed} repeats it)\n`);
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
