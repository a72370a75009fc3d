// oidc-provider, an OpenID-certified implementation, with one client: port, redirect URI, and where
// people go after they signed out. A person NAME has the address NAME@example.com. POST /leave removes
// all people. GET /last-log-out answers with the last form that it sent to the back channel.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

let left = false;
let lastLogOut = '';
const [port, redirectUri, exitUri, clientId, clientSecret] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [exitUri],
    grant_types: ['authorization_code', 'refresh_token'],
    backchannel_logout_uri: `http://127.0.0.1:${port}/back-channel-logout`,
    backchannel_logout_session_required: true,
    response_types: ['code'],
  }],
  features: { backchannelLogout: { enabled: true } },
  // It calls no loopback address of itself; what it would send is kept.
  fetch: async (_url, options) => {
    lastLogOut = String(options.body);
    return new Response(null);
  },
  issueRefreshToken: async (_context, client) => client.grantTypeAllowed('refresh_token'),
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  // Claims stand in the ID token, as Entra ID and Google send them.
  conformIdTokenClaims: false,
  findAccount: (_context, id) => left ? undefined : ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true }),
  }),
});
const answer = provider.callback();
const server = createServer((request, response) => {
  if (request.url === '/leave') {
    left = true;
    response.end();
  } else if (request.url === '/last-log-out') {
    response.end(lastLogOut);
  } else {
    answer(request, response);
  }
});
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
