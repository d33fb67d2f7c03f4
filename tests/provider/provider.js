// A provider of identities for the tests: OpenID Connect with the library's own forms, which take any name and password.
// What a name stands for is in PEOPLE. Prints its address; ends when standard input does, so it never outlives its test.

import { Provider } from 'oidc-provider';

/** Claims by name. */
const PEOPLE = {
  olga: { groups: ['staff', 'careweave-owners'], clinic: 'default' },
  ana: { groups: ['therapists'], clinician: 'ana' },
  tom: { groups: ['therapists'] },
  eve: { groups: ['visitors'] },
  nora: { groups: 'front-desk', clinic: 'north' },
};

const [, , place = 'userinfo'] = process.argv;
const client = {
  // A native client may come back to any port of this machine.
  application_type: 'native',
  redirect_uris: ['http://127.0.0.1/v1/session/oidc/callback'],
};
const provider = new Provider('http://127.0.0.1', {
  clients: [
    { ...client, client_id: 'careweave', client_secret: 'a secret of the tests, of no use elsewhere' },
    { ...client, client_id: 'public', token_endpoint_auth_method: 'none' },
  ],
  claims: { openid: ['sub'], profile: ['groups', 'clinician', 'clinic'] },
  // Whether claims come with the identity token or are asked for.
  conformIdTokenClaims: place === 'userinfo',
  cookies: { keys: ['for the tests'] },
  // However slow the machine is.
  ttl: { AuthorizationCode: 600, Interaction: 3600, Session: 3600, Grant: 3600, AccessToken: 3600, IdToken: 3600 },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
});

const server = provider.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  provider.issuer = url;
  console.log(url);
});
process.stdin.resume().on('end', () => process.exit());
