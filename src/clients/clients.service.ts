import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog } from '../audit/audit-log.js';
import { Transactions } from '../database/transactions.js';
import { ClientSchema } from './client.entity.js';

/** A client just registered: the only time its key is known. */
export interface NewClient {
  readonly id: number;
  readonly name: string;
  readonly key: string;
}

/** The registered frontends. */
@Injectable()
export class ClientsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
  ) {}

  async register(name: string, scopes: string[], actor: Actor): Promise<NewClient> {
    const key = newKey();
    return this.transactions.run(async (em) => {
      const client = em.create(ClientSchema, { name, scopes, keyHash: hashOf(key) });
      await em.flush();
      this.audit.write(em, actor, {
        action: 'client.create',
        target: String(client.id),
        after: { name, scopes },
      });
      return { id: client.id, name, key };
    });
  }

  async hasAny(): Promise<boolean> {
    return this.transactions.run(async (em) => (await em.count(ClientSchema)) > 0);
  }
}

/** 256 random bits, marked so that a leaked one can be recognized. */
function newKey(): string {
  return `tbk_${randomBytes(32).toString('base64url')}`;
}

/** A key's SHA-256: nobody can try 2^256 keys, so that a slow hash would add nothing. */
export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
