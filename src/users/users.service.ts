import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ObjectId } from 'bson';
import { sql } from 'kysely';
import { type Actor, AuditLog } from '../audit/audit-log.js';
import type { Viewer } from '../access/access.js';
import { Passwords } from '../access/passwords.js';
import { ADMIN_ROLE, DEFAULT_ROLE } from '../accounts/permissions.js';
import type { Login } from '../access/session.repository.js';
import { SessionsService } from '../access/sessions.service.js';
import { Transactions } from '../database/transactions.js';
import { userNotFound } from '../http/app-error.js';
import { type SearchTexts, searchTexts } from '../search/fold.js';
import { SearchFolding } from '../search/search-folding.js';
import { AccountDeletion } from './account-deletion.js';
import { type User, UserSchema } from '../accounts/user.entity.js';
import { type ProfileRow, UserRepository, type UserRow } from './user.repository.js';
import type { ProfileChanges, Registration } from './users.dto.js';
import { emailTaken, lastAdministrator, usernameTaken } from './users.errors.js';

function createId(): string {
  return new ObjectId().toHexString();
}

/** Accounts: who there is, under which names, and how one ends. */
@Injectable()
export class UsersService implements OnModuleInit {
  constructor(
    private readonly users: UserRepository,
    private readonly transactions: Transactions,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly deletion: AccountDeletion,
    private readonly audit: AuditLog,
    private readonly folding: SearchFolding,
  ) {}

  onModuleInit(): void {
    this.folding.register({
      table: 'users',
      idType: 'text',
      names: sql<string[]>`array[r.username, r.email, r.first_name, r.last_name]`,
      fold: ([username = '', email, firstName, lastName]) =>
        searchTextsOf({ username, email, firstName, lastName }),
    });
  }

  /** @throws userNotFound */
  async get(id: string): Promise<UserRow> {
    const user = await this.users.find(id);
    if (user === undefined) throw userNotFound();
    return user;
  }

  /** What everybody may know of the user with this slug. */
  async findProfile(slug: string): Promise<ProfileRow | undefined> {
    return this.users.findProfile(slug);
  }

  /** The same. @throws userNotFound */
  async getProfile(slug: string): Promise<ProfileRow> {
    const profile = await this.users.findProfile(slug);
    if (profile === undefined) throw userNotFound();
    return profile;
  }

  async page(limit: number, offset: number): Promise<{ total: number; rows: UserRow[] }> {
    return this.users.page(limit, offset);
  }

  /**
   * Creates an account with the default role.
   *
   * @throws usernameTaken, emailTaken
   */
  async register(registration: Registration): Promise<Login> {
    const passwordHash = await this.passwords.hash(registration.password);
    const id = await this.transactions.run((em) => this.create(em, registration, passwordHash));
    return { id, passwordHash };
  }

  /**
   * Creates an administrator, in the name of whoever runs the server.
   *
   * @param newId the account's id, one that no user has
   */
  async createAdministrator(username: string, password: string, newId = createId()): Promise<string> {
    const passwordHash = await this.passwords.hash(password);
    return this.transactions.run(async (em) => {
      const id = await this.create(em, { username, password }, passwordHash, newId);
      await this.users.giveRole(em, id, ADMIN_ROLE);
      this.audit.write(em, SERVER, { action: 'user.create-administrator', target: id });
      return id;
    });
  }

  /** Whether the user is the only administrator; see the repository. */
  async isLastAdministrator(em: EntityManager, userId: string): Promise<boolean> {
    return this.users.isLastAdministrator(em, userId);
  }

  async hasAdministrator(): Promise<boolean> {
    return this.transactions.run((em) => this.users.hasAdministrator(em));
  }

  /** The account that a username or an address belongs to, in any spelling. */
  async findLogin(name: string): Promise<Login | undefined> {
    return this.users.findLogin(name);
  }

  /** Whether the password is that of the account; equally slow for an account that does not exist. */
  async isPasswordOf(login: Login | undefined, password: string): Promise<boolean> {
    return this.passwords.matches(password, login?.passwordHash);
  }

  /**
   * Changes the given fields. A new password ends the user's other sessions.
   *
   * @throws usernameTaken, emailTaken
   */
  async update(viewer: Viewer, changes: ProfileChanges): Promise<UserRow> {
    const { username, email, password, ...texts } = changes;
    const passwordHash = password === undefined ? undefined : await this.passwords.hash(password);
    await this.transactions.run(async (em) => {
      const user = await em.findOne(UserSchema, viewer.userId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (user === null) throw userNotFound();
      if (passwordHash !== undefined) {
        user.passwordHash = passwordHash;
        await this.sessions.requireOpen(viewer);
        await this.sessions.endOthers(viewer);
      }
      em.assign(user, definedTexts(texts));
      await this.changeNames(em, user, { username, email });
    });
    return this.get(viewer.userId);
  }

  /** Deletes one's own account and all that is its. @throws lastAdministrator */
  async deleteOwn(userId: string): Promise<void> {
    await this.transactions.run((em) => this.remove(em, userId));
  }

  /** Deletes somebody's account, as an administrator. @throws userNotFound, lastAdministrator */
  async delete(userId: string, actor: Actor): Promise<void> {
    await this.transactions.run(async (em) => {
      await this.remove(em, userId);
      this.audit.write(em, actor, { action: 'user.delete', target: userId });
    });
  }

  private async create(
    em: EntityManager,
    registration: Registration,
    passwordHash: string,
    id = createId(),
  ): Promise<string> {
    const { username, email = null, first_name: firstName = null, last_name: lastName = null } = registration;
    if (!(await this.users.claimUsername(em, username, id))) throw usernameTaken();
    if (email !== null && !(await this.users.claimEmail(em, email, id))) throw emailTaken();
    const names = { username, email, firstName, lastName };
    em.create(UserSchema, {
      ...names,
      id,
      slug: slugOf(username),
      passwordHash,
      ...searchColumns(names),
    });
    await em.flush();
    await this.users.giveRole(em, id, DEFAULT_ROLE);
    return id;
  }

  /**
   * Gives a user, whose row the caller holds, another username or address, in the caller's transaction.
   *
   * @throws usernameTaken, emailTaken
   */
  async changeNames(
    em: EntityManager,
    user: User,
    { username, email }: { username?: string | undefined; email?: string | null | undefined },
  ): Promise<void> {
    if (username !== undefined) await this.rename(em, user, username);
    if (email !== undefined) await this.changeEmail(em, user, email);
    Object.assign(user, searchColumns(user));
  }

  private async rename(em: EntityManager, user: User, username: string): Promise<void> {
    if (!(await this.users.claimUsername(em, username, user.id))) throw usernameTaken();
    if (slugOf(username) !== user.slug) await this.users.releaseUsername(em, user.username, user.id);
    user.username = username;
    user.slug = slugOf(username);
  }

  private async changeEmail(em: EntityManager, user: User, email: string | null): Promise<void> {
    if (user.email !== null && user.email !== undefined)
      await this.users.releaseEmail(em, user.email, user.id);
    if (email !== null && !(await this.users.claimEmail(em, email, user.id))) throw emailTaken();
    user.email = email;
  }

  private async remove(em: EntityManager, userId: string): Promise<void> {
    const last = await this.users.isLastAdministrator(em, userId);
    const user = await em.findOne(UserSchema, userId, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (user === null) throw userNotFound();
    if (last) throw lastAdministrator();
    await this.deletion.prepare(em, userId);
    await this.users.releaseUsername(em, user.username, user.id);
    if (user.email) await this.users.releaseEmail(em, user.email, user.id);
    em.remove(user);
    await em.flush();
  }
}

type Names = Pick<User, 'username'> & {
  readonly [Name in 'email' | 'firstName' | 'lastName']?: string | null | undefined;
};

/** The operator at the machine, who needs no account. */
const SERVER: Actor = { id: 'server', ip: '' };

/** What a search for users looks through. */
export function searchTextsOf({ username, email, firstName, lastName }: Names): SearchTexts {
  const texts = [username, email, firstName, lastName, `${firstName ?? ''} ${lastName ?? ''}`];
  return searchTexts(texts.filter((text) => text != null && text.trim() !== '') as string[]);
}

function searchColumns(names: Names): Pick<User, 'searchText' | 'searchCompact'> {
  const { text, compact } = searchTextsOf(names);
  return { searchText: text, searchCompact: compact };
}

/** The username in lower case: the address of the public profile. */
function slugOf(username: string): string {
  return username.toLowerCase();
}

function definedTexts(texts: Omit<ProfileChanges, 'username' | 'email' | 'password'>): Partial<User> {
  const { first_name: firstName, last_name: lastName, ...links } = texts;
  const given = Object.entries({ firstName, lastName, ...links }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<User>;
}
