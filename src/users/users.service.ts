import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ObjectId } from 'bson';
import { type Actor, actorOf, AuditLog, SERVER } from '../audit/audit-log.js';
import type { SessionViewer } from '../access/access.js';
import { RecentSignIn } from '../access/recent-sign-in.js';
import { AccountLinks } from '../account-links/account-links.js';
import { Passwords } from '../access/passwords.js';
import { Administrators } from '../accounts/administrators.js';
import { ADMIN_ROLE, DEFAULT_ROLE } from '../accounts/permissions.js';
import type { Login } from '../access/session.repository.js';
import { SessionsService } from '../access/sessions.service.js';
import { Transactions } from '../database/transactions.js';
import { userNotFound } from '../http/app-error.js';
import { type SearchTexts, searchTexts } from '../search/fold.js';
import { SearchFolding } from '../search/search-folding.js';
import { AccountDeletion } from './account-deletion.js';
import type { User } from '../accounts/user.entity.js';
import { type ProfileRow, SEARCHED_NAMES, UserRepository, type UserRow } from './user.repository.js';
import type { UpdateUserDto, CreateUserDto } from './users.dto.js';
import { emailTaken, lastAdministrator, usernameTaken } from './users.errors.js';

function createId(): string {
  return new ObjectId().toHexString();
}

/** Accounts: registration, names, deletion. */
@Injectable()
export class UsersService implements OnModuleInit {
  constructor(
    private readonly users: UserRepository,
    private readonly administrators: Administrators,
    private readonly transactions: Transactions,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly deletion: AccountDeletion,
    private readonly audit: AuditLog,
    private readonly folding: SearchFolding,
    private readonly links: AccountLinks,
    private readonly recent: RecentSignIn,
  ) {}

  onModuleInit(): void {
    this.folding.register({
      table: 'users',
      key: 'id',
      idType: 'text',
      names: SEARCHED_NAMES,
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

  /** The public part of the account with this slug. */
  async findProfile(slug: string): Promise<ProfileRow | undefined> {
    return this.users.findProfile(slug);
  }

  /** Like `findProfile`. @throws userNotFound */
  async getProfile(slug: string): Promise<ProfileRow> {
    const profile = await this.users.findProfile(slug);
    if (profile === undefined) throw userNotFound();
    return profile;
  }

  async page(limit: number, offset: number): Promise<{ total: number; rows: UserRow[] }> {
    return this.users.page(limit, offset);
  }

  /**
   * Creates an account.
   *
   * @param admit runs in the transaction and returns the names of the account's roles; it throws if the account may not
   * be
   *   created
   * @throws usernameTaken, emailTaken, and what `admit` throws
   */
  async register(registration: CreateUserDto, admit: () => Promise<readonly string[]>): Promise<Login> {
    const passwordHash = await this.passwords.hash(registration.password);
    const id = await this.transactions.run(async () =>
      this.create(registration, passwordHash, { roles: await admit() }),
    );
    return { id, passwordHash, suspended: false, twoFactor: false };
  }

  /**
   * Creates an account without a password, for an identity at a provider.
   *
   * @param claim claims the identity for the new account, and returns its owner
   * @param link stores the identity, if the new account owns it
   * @returns the id of the owner: of a concurrent request, if that was faster
   * @throws usernameTaken if all usernames are taken
   */
  async registerIdentity(
    { usernames, verifiedEmail, firstName, lastName }: NewIdentity,
    claim: (id: string) => Promise<string>,
    link: (id: string) => Promise<void>,
  ): Promise<string> {
    return this.transactions.run(async () => {
      const id = createId();
      const owner = await claim(id);
      if (owner !== id) return owner;
      const username = await this.claimFirst(usernames, id);
      const isFree = verifiedEmail !== null && (await this.users.claimEmail(verifiedEmail, id));
      const names = { username, email: isFree ? verifiedEmail : null, firstName, lastName };
      const columns = { slug: slugOf(username), passwordHash: null, emailVerified: isFree };
      await this.users.create({ ...names, id, ...columns, ...searchColumns(names) });
      await this.users.grantRole(id, DEFAULT_ROLE);
      await link(id);
      return id;
    });
  }

  private async claimFirst(usernames: readonly string[], id: string): Promise<string> {
    for (const username of usernames) if (await this.users.claimUsername(username, id)) return username;
    throw usernameTaken();
  }

  /**
   * Creates an administrator; the audit log names the server as the actor.
   *
   * @param newId the id of the account, which must be unused
   */
  async createAdministrator(username: string, password: string, newId = createId()): Promise<string> {
    const passwordHash = await this.passwords.hash(password);
    return this.transactions.run(async () => {
      const roles = [DEFAULT_ROLE, ADMIN_ROLE];
      const id = await this.create({ username, password }, passwordHash, { roles, id: newId });
      this.audit.record(SERVER, { action: 'user.create-administrator', target: id });
      return id;
    });
  }

  async hasAdministrator(): Promise<boolean> {
    return this.administrators.exist();
  }

  /** The account with a username or an e-mail address, in any spelling of `spellingKey`. */
  async findLogin(name: string): Promise<Login | undefined> {
    return this.users.findLogin(name);
  }

  /** Whether the password is that of the account. Takes the same time if there is no account. */
  async isPasswordOf(login: Login | undefined, password: string): Promise<boolean> {
    return this.passwords.matches(password, login?.passwordHash ?? null);
  }

  /** Gets a user and locks the row until the transaction ends. @throws userNotFound */
  async lock(id: string): Promise<User> {
    const user = await this.users.lock(id);
    if (user === null) throw userNotFound();
    return user;
  }

  /** Like `lock`, but null if there is no such user. */
  async findLocked(id: string): Promise<User | null> {
    return this.users.lock(id);
  }

  /**
   * Changes the given fields. A new password ends the user's other sessions. A new password and another address need a
   * recent sign-in; the address that the account has already is no change.
   *
   * @throws signInAgain, tooManyRequests, usernameTaken, emailTaken
   */
  async update(viewer: SessionViewer, changes: UpdateUserDto): Promise<UserRow> {
    const { username, password, current_password: currentPassword, email: sent, ...texts } = changes;
    const isSame = sent !== undefined && sent === (await this.get(viewer.userId)).email;
    const email = isSame ? undefined : sent;
    if (password !== undefined || email !== undefined) await this.recent.require(viewer, currentPassword);
    const passwordHash = password === undefined ? undefined : await this.passwords.hash(password);
    await this.transactions.run(async () => {
      const user = await this.lock(viewer.userId);
      if (passwordHash !== undefined) {
        user.passwordHash = passwordHash;
        await this.sessions.requireOpen(viewer);
        await this.sessions.endOthers(viewer);
        await this.links.end(user.id);
        this.audit.record(actorOf(viewer), { action: 'account.change-password', target: user.id });
      }
      const formerEmail = user.email ?? null;
      this.changeTexts(user, texts);
      await this.changeNames(user, { username, email });
      if (user.email !== formerEmail) {
        this.audit.record(actorOf(viewer), { action: 'account.change-email', target: user.id });
      }
    });
    return this.get(viewer.userId);
  }

  /** Changes names and links of a user whose row the current transaction has locked. `changeNames` must follow. */
  changeTexts(user: User, texts: ChangedTexts): void {
    Object.assign(user, definedTexts(texts));
  }

  /** Deletes the viewer's own account and all its data. @throws lastAdministrator */
  async deleteOwn(userId: string): Promise<void> {
    await this.transactions.run(() => this.remove(userId));
  }

  /** Deletes a user's account on behalf of an administrator. @throws userNotFound, lastAdministrator */
  async delete(userId: string, actor: Actor): Promise<void> {
    await this.transactions.run(async () => {
      await this.remove(userId);
      this.audit.record(actor, { action: 'user.delete', target: userId });
    });
  }

  private async create(
    registration: CreateUserDto,
    passwordHash: string,
    { roles, id = createId() }: { roles: readonly string[]; id?: string },
  ): Promise<string> {
    const { username, email = null, first_name: firstName = null, last_name: lastName = null } = registration;
    if (!(await this.users.claimUsername(username, id))) throw usernameTaken();
    if (email !== null && !(await this.users.claimEmail(email, id))) throw emailTaken();
    const names = { username, email, firstName, lastName };
    await this.users.create({ ...names, id, slug: slugOf(username), passwordHash, ...searchColumns(names) });
    // The roles of an invitation may have been deleted since.
    for (const role of roles.length === 0 ? [DEFAULT_ROLE] : roles) await this.users.grantRole(id, role);
    return id;
  }

  /**
   * Changes the username or the e-mail address in the current transaction. The caller must have locked the user's row.
   *
   * @throws usernameTaken, emailTaken
   */
  async changeNames(
    user: User,
    { username, email }: { username?: string | undefined; email?: string | null | undefined },
  ): Promise<void> {
    if (username !== undefined) await this.rename(user, username);
    if (email !== undefined) await this.changeEmail(user, email);
    Object.assign(user, searchColumns(user));
  }

  private async rename(user: User, username: string): Promise<void> {
    if (!(await this.users.claimUsername(username, user.id))) throw usernameTaken();
    if (slugOf(username) !== user.slug) await this.users.releaseUsername(user.username, user.id);
    user.username = username;
    user.slug = slugOf(username);
  }

  private async changeEmail(user: User, email: string | null): Promise<void> {
    if (user.email !== null && user.email !== undefined) await this.users.releaseEmail(user.email, user.id);
    if (email !== null && !(await this.users.claimEmail(email, user.id))) throw emailTaken();
    if (email !== (user.email ?? null)) {
      await this.links.addressChanged(user.id, user.email ?? null);
      user.emailVerified = false;
    }
    user.email = email;
  }

  private async remove(userId: string): Promise<void> {
    const isLast = await this.administrators.isLast(userId);
    await this.deletion.lock(userId);
    const user = await this.lock(userId);
    if (isLast) throw lastAdministrator();
    await this.deletion.runSteps(userId);
    await this.links.removeMails(userId);
    await this.users.releaseUsername(user.username, user.id);
    if (user.email) await this.users.releaseEmail(user.email, user.id);
    await this.users.remove(user);
  }
}

/** What a provider says about a new user. */
interface NewIdentity {
  /** Best first. */
  readonly usernames: readonly string[];
  /** An address that the provider has verified; null for none. */
  readonly verifiedEmail: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
}

type Names = Pick<User, 'username'> & {
  readonly [Name in 'email' | 'firstName' | 'lastName']?: string | null | undefined;
};

/** The texts that a search for users compares with the search term. */
function searchTextsOf({ username, email, firstName, lastName }: Names): SearchTexts {
  const texts = [username, email, firstName, lastName, `${firstName ?? ''} ${lastName ?? ''}`];
  return searchTexts(texts.filter((text) => text != null && text.trim() !== '') as string[]);
}

function searchColumns(names: Names): Pick<User, 'searchText' | 'searchCompact'> {
  const { text, compact } = searchTextsOf(names);
  return { searchText: text, searchCompact: compact };
}

/** The username in lower case, as in the URL of the public profile. */
function slugOf(username: string): string {
  return username.toLowerCase();
}

type ChangedTexts = Omit<UpdateUserDto, 'username' | 'email' | 'password' | 'current_password'>;

function definedTexts(texts: ChangedTexts): Partial<User> {
  const { first_name: firstName, last_name: lastName, ...links } = texts;
  const given = Object.entries({ firstName, lastName, ...links }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<User>;
}
