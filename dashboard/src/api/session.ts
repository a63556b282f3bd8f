import { authRefresh, type SignedIn, type User } from './client';
import { answer, Problem } from './problem';

/** Milliseconds after which an access token is renewed. It is valid for ten minutes. */
const RENEWAL_AGE = 9 * 60_000;
const LOCK = 'tankobon-session';

/** The session of the signed-in user. It is kept in memory only. After a reload it is renewed with the refresh cookie. */
interface Session {
  readonly token: string;
  readonly user: User;
  readonly received: number;
}

type Message = { readonly kind: 'renewed'; readonly session: Session } | { readonly kind: 'ended' };

let session: Session | null = null;
/** Whether there is no session, according to the service or another tab. A sign-in in any tab resets it. */
let isAbsent = false;
let renewal: Promise<Session | null> | null = null;
const tabs = new BroadcastChannel(LOCK);
const ends = new Set<() => void>();

tabs.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  if (data.kind === 'ended') return endedElsewhere();
  // Another tab has signed in another user, who must not see the data that this tab shows.
  if (session !== null && session.user.id !== data.session.user.id) return location.reload();
  session = data.session;
  isAbsent = false;
});

/** The signed-in user, as in the last answer of the service; null without a session. */
export function signedInUser(): User | null {
  return session?.user ?? null;
}

/** Begins or renews the session in all tabs, with the service's answer to a sign-in or a refresh. */
export function begin({ accessToken, user }: SignedIn): void {
  session = { token: accessToken, user, received: Date.now() };
  isAbsent = false;
  tell({ kind: 'renewed', session });
}

/** Updates the user in all tabs, after a change of name, picture and so on. */
export function userChanged(user: User): void {
  if (session !== null) begin({ accessToken: session.token, user });
}

/** Ends the session in all tabs. */
export function endEverywhere(): void {
  session = null;
  isAbsent = true;
  tell({ kind: 'ended' });
}

/** Registers a function that is called when another tab ends the session. @returns a function that unregisters it */
export function onEnd(listener: () => void): () => void {
  ends.add(listener);
  return () => void ends.delete(listener);
}

function tell(message: Message): void {
  // The rule is about windows. A channel has no target origin, because it reaches pages of the same origin only.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  tabs.postMessage(message);
}

function endedElsewhere(): void {
  const wasSignedIn = session !== null;
  session = null;
  isAbsent = true;
  if (wasSignedIn) for (const listener of ends) listener();
}

/** The session, with a renewed token if the former one is old. @returns null if there is no session */
export async function currentSession(): Promise<Session | null> {
  if (session !== null && isYoung(session)) return session;
  return isAbsent ? null : renew();
}

/**
 * Renews the session. If several tabs need it at once, one of them sends the request, and the others use its result.
 *
 * @param refused the token that the service has refused, if this is the reason
 */
export async function renew(refused?: string): Promise<Session | null> {
  renewal ??= exclusively(() => renewNow(refused)).finally(() => (renewal = null));
  return renewal;
}

async function renewNow(refused?: string): Promise<Session | null> {
  if (session !== null && session.token !== refused && isYoung(session)) return session;
  try {
    begin(await answer(authRefresh()));
  } catch (error) {
    // Without an answer, or under overload, it is unknown whether the session has ended.
    if (!(error instanceof Problem) || !error.isFinal) throw error;
    endEverywhere();
  }
  return session;
}

/**
 * Runs one function at a time among all tabs. Browsers have locks on secure pages only; without them tabs may refresh
 * concurrently, which the service allows.
 */
async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const locks = navigator.locks as LockManager | undefined;
  return locks === undefined ? work() : locks.request(LOCK, work);
}

function isYoung({ received }: Session): boolean {
  return Date.now() - received < RENEWAL_AGE;
}
