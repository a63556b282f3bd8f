import type { AuthProvider, UserIdentity } from 'react-admin';
import { authLogin, authLogout, type Credentials, type Permission } from './client';
import { answer, Problem } from './problem';
import { begin, currentSession, endEverywhere, renew, signedInUser } from './session';

/** The permission that an action on a resource needs; undefined if there is no such action. */
export type PermissionOf = (resource: string, action: string) => Permission | undefined;

/**
 * Sign-in, sign-out and permissions, for the framework.
 * @param showPermissions makes the framework read the permissions again
 */
export function createAuthProvider(
  permissionOf: PermissionOf,
  showPermissions: () => Promise<void>,
): AuthProvider {
  return {
    login: async (credentials: Credentials) => begin(await answer(authLogin({ body: credentials }))),
    logout: async () => {
      if (signedInUser() !== null) await answer(authLogout()).catch(ignoreEnded);
      endEverywhere();
    },
    checkAuth: async () => {
      if ((await currentSession()) === null) throw new SignedOut();
    },
    checkError: async (error: unknown) => {
      if (!(error instanceof Problem)) return;
      if (error.status === 401) throw new SignedOut();
      if (error.status !== 403) return;
      // The roles have changed, or the account was suspended since the last request.
      if ((await renew(await currentToken())) === null) throw new SignedOut();
      await showPermissions();
    },
    getIdentity: async (): Promise<UserIdentity> => {
      const user = (await currentSession())?.user;
      if (user === undefined) throw new SignedOut();
      return { id: user.id, fullName: user.username, avatar: user.profile_image ?? undefined };
    },
    getPermissions: async () => (await currentSession())?.user.permissions ?? [],
    canAccess: async ({ resource, action }) => {
      const needed = permissionOf(resource, action);
      const held = (await currentSession())?.user.permissions ?? [];
      return needed !== undefined && held.includes(needed);
    },
  };
}

/** Makes the framework show the sign-in page. */
class SignedOut extends Error {
  /** The sign-in page explains itself; the framework would add a message to each failed request. */
  override readonly message = '';
}

async function currentToken(): Promise<string | undefined> {
  return (await currentSession())?.token;
}

/** A session that has already ended needs no sign-out. */
function ignoreEnded(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
}
