import type { SessionDto } from './auth.dto.js';
import type { ListedSession } from './session.repository.js';

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
