// Lets the browser itself save what needs a token in a header: the page leaves an order here under a random key, then
// opens /download/<key>; the answer streams through to the browser's own download. The token is never in an address.
const orders = new Map();

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('message', (event) => {
  const { key, path, token, name } = event.data;
  const [port] = event.ports;
  orders.set(key, { path, token, name, port });
  port.postMessage({ op: 'ready' });
});

self.addEventListener('fetch', (event) => {
  const key = new URL(event.request.url).pathname.replace(/^\/download\//, '');
  const order = orders.get(key);
  orders.delete(key);
  event.respondWith(order ? answer(order) : new Response(null, { status: 204 }));
});

async function answer({ path, token, name, port }) {
  try {
    const response = await fetch(path, {
      headers: { accept: 'application/octet-stream, application/json', 'x-auth-token': token },
      cache: 'no-store',
    });
    if (response.status !== 200) {
      const requestId = response.headers.get('x-openstack-request-id');
      port.postMessage({ op: 'failed', status: response.status, body: await response.text(), requestId });
      // Nothing to show: the frame stays as it is.
      return new Response(null, { status: 204 });
    }
    port.postMessage({ op: 'started' });
    const headers = new Headers({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeName(name)}`,
      'x-content-type-options': 'nosniff',
    });
    const size = response.headers.get('content-length');
    if (size !== null) headers.set('content-length', size);
    return new Response(response.body, { headers });
  } catch (error) {
    port.postMessage({ op: 'failed', status: 0, body: String(error), requestId: null });
    return new Response(null, { status: 204 });
  }
}

/** RFC 5987: these four are left alone by encodeURIComponent but may not stand in a header's value. */
function encodeName(name) {
  return encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}
