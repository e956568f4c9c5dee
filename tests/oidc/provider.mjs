// A real OpenID provider for the browser test: `node provider.mjs PORT REDIRECT_URI`. Anybody logs in as themselves.
import { Provider } from 'oidc-provider';

const [port, redirect] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
    clients: [
        {
            client_id: 'gatehouse',
            client_secret: 'a-secret-of-the-test',
            redirect_uris: [redirect],
            grant_types: ['authorization_code'],
            response_types: ['code']
        }
    ],
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email'] },
    cookies: { keys: ['only-for-tests'] },
    findAccount: (_ctx, id) => ({
        accountId: id,
        claims: () => ({ sub: id, preferred_username: id, email: `${id}@example.org`, groups: ['gatehouse-operators'] })
    })
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
