/** What an upload reports: bytes that were sent, and all bytes. */
export type OnProgress = (sent: number, total: number) => void;

/**
 * A `fetch` for the generated client that reports how much of the body was sent: the browser's own cannot. It sends one
 * request, whose token the client has just renewed if needed.
 */
export function fetchWithProgress(onProgress: OnProgress): typeof fetch {
  return async (input) => {
    const request = input as Request;
    const body = await request.blob();
    return new Promise((resolve, reject) => {
      const sender = new XMLHttpRequest();
      sender.open(request.method, request.url);
      request.headers.forEach((value, name) => sender.setRequestHeader(name, value));
      sender.responseType = 'blob';
      sender.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded, total));
      sender.addEventListener('load', () => resolve(responseOf(sender)));
      sender.addEventListener('error', () => reject(new TypeError('The service did not answer')));
      sender.addEventListener('abort', () =>
        reject(new DOMException('The upload was given up', 'AbortError')),
      );
      request.signal.addEventListener('abort', () => sender.abort());
      sender.send(body);
    });
  };
}

function responseOf(sender: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const line of sender.getAllResponseHeaders().trim().split('\r\n')) {
    const [name, ...value] = line.split(': ');
    if (name) headers.append(name, value.join(': '));
  }
  const { status, statusText } = sender;
  return new Response(sender.response as Blob, { status, statusText, headers });
}
