import { SERVICE_URL } from '../location';
import { client } from './client';
import { currentSession, renew } from './session';

const BEARER = 'Bearer ';

/** Sends a request. If its token is refused, the session is renewed once and the request sent again. */
async function send(request: RequestInfo | URL): Promise<Response> {
  if (!(request instanceof Request)) return fetch(request);
  const authorization = request.headers.get('authorization');
  if (authorization === null) return fetch(request);
  const again = request.clone();
  const response = await fetch(request);
  if (response.status !== 401) return response;
  const session = await renew(authorization.slice(BEARER.length));
  if (session === null) return response;
  again.headers.set('authorization', BEARER + session.token);
  return fetch(again);
}

/** Lets the generated client send the access token to the service that this page came from. */
export function connect(): void {
  client.setConfig({
    baseUrl: SERVICE_URL,
    fetch: send as typeof fetch,
    auth: async ({ scheme }) => (scheme === 'bearer' ? (await currentSession())?.token : undefined),
  });
}
