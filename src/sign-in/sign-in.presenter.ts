import type { SessionDto } from './sign-in.dto.js';
import type { ListedSession } from '../access/session.repository.js';

/** A session as its user sees it. */
export function presentSession(session: ListedSession, currentId: string): SessionDto {
  return {
    id: session.id,
    created: session.created,
    last_used: session.lastUsed,
    user_agent: session.userAgent,
    ip: session.ip,
    current: session.id === currentId,
  };
}
