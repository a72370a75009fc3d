// oidc-provider, an OpenID-certified implementation, with one client: port, redirect URI, and where
// people go after they signed out. A person NAME has the address NAME@example.com.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [port, redirectUri, exitUri, clientId, clientSecret] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [exitUri],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  // Claims stand in the ID token, as Entra ID and Google send them.
  conformIdTokenClaims: false,
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true }),
  }),
});
createServer(provider.callback()).listen(Number(port), '127.0.0.1', () => console.log('ready'));
