import { useState } from 'react';

/**
 * The secret of the link that opened the page. It is in the fragment, which browsers do not send.
 *
 * @returns an empty text if the link has none
 */
export function useLinkToken(name: 'token' | 'invitation'): string {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get(name) ?? '');
  return token;
}
