import { Secret, TOTP } from 'otpauth';
import { vi } from 'vitest';
import type { TestApp } from './app.js';
import type { TestUser } from './builders.js';

/** Milliseconds of a time step. */
export const STEP = 30_000;

/** Stops the clock of the service in the middle of a time step, so that codes do not expire during a test. */
export function freezeClock(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / STEP) * STEP + STEP / 2 });
}

/** The code of an authenticator app. @param steps how many time steps its clock is ahead */
export function codeOf(secret: string, steps = 0): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * STEP });
}

/** Sets a second factor up for a user, with the code of the previous time step, so that the current one is unused. */
export async function withTwoFactor(
  app: TestApp,
  user: TestUser,
): Promise<{ secret: string; codes: string[] }> {
  const client = app.client.as(user);
  const { secret } = (await client.post('/auth/two-factor')).body;
  const answer = await client.post('/auth/two-factor/confirm', { code: codeOf(secret, -1) });
  if (answer.status !== 200) throw new Error(answer.text);
  return { secret, codes: answer.body.recovery_codes };
}
