import { expect, it } from 'vitest';
import { Passwords } from '../../src/access/passwords.js';

it('hashes passwords with argon2id at the cost that OWASP recommends', async () => {
  const passwords = new Passwords();
  const hashed = await passwords.hash('correct horse battery');
  expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.matches('correct horse battery', hashed)).toBe(true);
  expect(await passwords.matches('wrong horse battery', hashed)).toBe(false);
});
