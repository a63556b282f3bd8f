import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { ForeignKeyConstraintViolationException, LockMode } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, changesBetween, WITHHELD } from '../audit/audit-log.js';
import { Transactions } from '../database/transactions.js';
import { type Client, ClientSchema } from './client.entity.js';
import { ClientRepository } from './client.repository.js';
import type { ClientChanges } from './clients.dto.js';
import { clientInUse, clientNotFound } from './clients.errors.js';

/** A client just registered: the only time its key is known. */
export interface NewClient {
  readonly id: number;
  readonly name: string;
  readonly enabled: boolean;
  readonly scopes: string[];
  readonly created: Date;
  readonly key: string;
}

/** A client that has shown its key. */
export interface AuthenticatedClient {
  readonly id: number;
  readonly scopes: readonly string[];
}

const HOUR = 3_600_000;

/** The registered frontends, and the keys of their servers. */
@Injectable()
export class ClientsService {
  constructor(
    private readonly clients: ClientRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
  ) {}

  async list(limit: number, offset: number) {
    return this.clients.page(limit, offset);
  }

  async register(name: string, scopes: readonly string[], actor: Actor): Promise<NewClient> {
    const key = newKey();
    return this.transactions.run(async (em) => {
      const created = new Date();
      const kept = [...new Set(scopes)];
      const client = em.create(ClientSchema, { name, scopes: kept, keyHash: hashOf(key), created });
      await em.flush();
      this.audit.write(em, actor, {
        action: 'client.create',
        target: String(client.id),
        after: { name: WITHHELD, scopes: kept },
      });
      return { id: client.id, name, enabled: true, scopes: kept, created, key };
    });
  }

  async hasAny(): Promise<boolean> {
    return this.transactions.run(async (em) => (await em.count(ClientSchema)) > 0);
  }

  /** @throws clientNotFound */
  async update(id: number, changes: ClientChanges, actor: Actor): Promise<Client> {
    return this.transactions.run(async (em) => {
      const client = await em.findOne(ClientSchema, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (client === null) throw clientNotFound();
      const { name: former, scopes, enabled } = client;
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      em.assign(client, given);
      const was = { name: former, scopes, enabled };
      const changed = changesBetween(was, {
        name: client.name,
        scopes: client.scopes,
        enabled: client.enabled,
      });
      if (changed !== null) {
        this.audit.write(em, actor, { action: 'client.update', target: String(id), ...changed });
      }
      return client;
    });
  }

  /** A new key; the former one works until the overlap is over. @throws clientNotFound */
  async rotateKey(
    id: number,
    overlapHours: number,
    actor: Actor,
  ): Promise<{ key: string; formerUntil: Date }> {
    const key = newKey();
    return this.transactions.run(async (em) => {
      const client = await em.findOne(ClientSchema, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (client === null) throw clientNotFound();
      const formerUntil = new Date(Date.now() + overlapHours * HOUR);
      client.formerKeyHash = client.keyHash;
      client.formerKeyValidUntil = formerUntil;
      client.keyHash = hashOf(key);
      this.audit.write(em, actor, {
        action: 'client.rotate-key',
        target: String(id),
        after: { overlap_hours: overlapHours },
      });
      return { key, formerUntil };
    });
  }

  /** @throws clientNotFound, clientInUse while anything names it */
  async delete(id: number, actor: Actor): Promise<void> {
    try {
      await this.transactions.run(async (em) => {
        const client = await em.findOne(ClientSchema, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
        if (client === null) throw clientNotFound();
        this.audit.write(em, actor, {
          action: 'client.delete',
          target: String(id),
          before: { scopes: client.scopes, enabled: client.enabled },
        });
        em.remove(client);
      });
    } catch (error) {
      throw error instanceof ForeignKeyConstraintViolationException ? clientInUse({ cause: error }) : error;
    }
  }

  /** An enabled client; null for one that is unknown or disabled. */
  async findEnabled(id: number): Promise<Client | null> {
    return this.transactions.run((em) => em.findOne(ClientSchema, { id, enabled: true }));
  }

  /** Whether a key is the client's, or was until a rotation whose overlap is not over. */
  hasKey(client: Client, key: string): boolean {
    const hash = hashOf(key);
    const isCurrent = equal(hash, client.keyHash);
    const isFormer =
      client.formerKeyHash != null &&
      client.formerKeyValidUntil != null &&
      client.formerKeyValidUntil.getTime() > Date.now() &&
      equal(hash, client.formerKeyHash);
    return isCurrent || isFormer;
  }
}

/** 256 random bits, marked so that a leaked one can be recognized. */
function newKey(): string {
  return `tbk_${randomBytes(32).toString('base64url')}`;
}

/** A key's SHA-256: nobody can try 2^256 keys, so that a slow hash would add nothing. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function equal(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
