import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, changesBetween, REDACTED } from '../audit/audit-log.js';
import { Transactions } from '../database/transactions.js';
import type { Client } from './client.entity.js';
import { ClientRepository, type EnabledClient } from './client.repository.js';
import type { UpdateClientDto } from './clients.dto.js';
import { clientInUse, clientNotFound } from './clients.errors.js';

/** A client that was just registered, with its key. Only the hash of the key is stored. */
export interface NewClient {
  readonly id: number;
  readonly name: string;
  readonly url: string | null;
  readonly enabled: boolean;
  readonly scopes: string[];
  readonly created: Date;
  readonly key: string;
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

  async register(
    name: string,
    scopes: readonly string[],
    actor: Actor,
    url: string | null = null,
  ): Promise<NewClient> {
    const key = newKey();
    return this.transactions.run(async () => {
      const created = new Date();
      const distinct = [...new Set(scopes)];
      const { id } = await this.clients.create({
        name,
        url,
        scopes: distinct,
        keyHash: hashOf(key),
        created,
      });
      this.audit.record(actor, {
        action: 'client.create',
        target: String(id),
        after: { name: REDACTED, url, scopes: distinct },
      });
      return { id, name, url, enabled: true, scopes: distinct, created, key };
    });
  }

  async hasAny(): Promise<boolean> {
    return this.clients.hasAny();
  }

  /** Whether the client is registered and not disabled. */
  async isEnabled(id: number): Promise<boolean> {
    return this.clients.isEnabled(id);
  }

  /** @throws clientNotFound */
  async update(id: number, changes: UpdateClientDto, actor: Actor): Promise<Client> {
    return this.transactions.run(async () => {
      const client = await this.lock(id);
      const before = auditedFields(client);
      const {
        name = client.name,
        url = client.url,
        scopes = client.scopes,
        enabled = client.enabled,
      } = changes;
      Object.assign(client, { name, url, scopes, enabled });
      const changed = changesBetween(before, auditedFields(client));
      if (changed !== null) {
        this.audit.record(actor, { action: 'client.update', target: String(id), ...changed });
      }
      return client;
    });
  }

  /** Creates a new key; the former one works until the end of the overlap. @throws clientNotFound */
  async rotateKey(
    id: number,
    overlapHours: number,
    actor: Actor,
  ): Promise<{ key: string; formerUntil: Date }> {
    const key = newKey();
    return this.transactions.run(async () => {
      const client = await this.lock(id);
      const formerUntil = new Date(Date.now() + overlapHours * HOUR);
      client.formerKeyHash = client.keyHash;
      client.formerKeyValidUntil = formerUntil;
      client.keyHash = hashOf(key);
      this.audit.record(actor, {
        action: 'client.rotate-key',
        target: String(id),
        after: { overlap_hours: overlapHours },
      });
      return { key, formerUntil };
    });
  }

  /** @throws clientNotFound, clientInUse while any row refers to it */
  async delete(id: number, actor: Actor): Promise<void> {
    await this.transactions.run(async () => {
      const client = await this.lock(id);
      this.audit.record(actor, {
        action: 'client.delete',
        target: String(id),
        before: { scopes: client.scopes, enabled: client.enabled },
      });
      const outcome = await this.clients.delete(client);
      if (outcome.kind === 'in-use') throw clientInUse({ cause: outcome.cause });
    });
  }

  /** Undefined for a client that is unknown or disabled. */
  async findEnabled(id: number): Promise<EnabledClient | undefined> {
    return this.clients.findEnabled(id);
  }

  /** Whether a key is the client's current key, or its former key within the overlap. */
  hasKey({ key_hash: current, former_key_hash: former }: EnabledClient, key: string): boolean {
    const hash = hashOf(key);
    const isCurrent = equal(hash, current);
    const isFormer = former !== null && equal(hash, former);
    return isCurrent || isFormer;
  }

  private async lock(id: number): Promise<Client> {
    const client = await this.clients.lock(id);
    if (client === null) throw clientNotFound();
    return client;
  }
}

/** The fields that an entry of the audit log compares. */
function auditedFields({ name, url = null, scopes, enabled }: Client) {
  return { name, url, scopes, enabled };
}

/** Generates a key of 256 random bits. The prefix identifies a leaked key. */
function newKey(): string {
  return `tbk_${randomBytes(32).toString('base64url')}`;
}

/** A key's SHA-256: a key of 256 random bits needs no slow hash. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function equal(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
