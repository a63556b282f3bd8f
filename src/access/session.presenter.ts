import type { SessionDto } from './session.dto.js';
import type { ListedSession } from './session.repository.js';

/** A session as its user and administrators see it. @param currentId the session of the request */
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
