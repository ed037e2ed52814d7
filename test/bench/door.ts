import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createDoor, type Knock } from '../../internal/api/door/door.ts';
import { createProjectStore } from '../../internal/authorization/projects/project-store.ts';
import { rolesOfUsers } from '../../internal/authorization/roles.ts';
import { createCertificates } from '../../internal/identity/certificates/certificates.ts';
import { certificateIntroductions } from '../../internal/identity/certificates/introduce.ts';
import { makeAuthority } from '../../internal/identity/certificates/make-certificate.ts';
import { noteUnixPeer } from '../../internal/identity/local/local-peers.ts';
import { loadUnixPeer } from '../../internal/identity/local/unix-peer.ts';
import { oidcIntroductions } from '../../internal/identity/oidc/introduce.ts';
import { createOidcVerifier } from '../../internal/identity/oidc/verify.ts';
import { wholeScope } from '../../internal/identity/tokens/token-scope.ts';
import { createTokens } from '../../internal/identity/tokens/tokens.ts';
import { createUsers } from '../../internal/identity/users/users.ts';
import { openDatabaseFile } from '../../internal/store/sqlite-database.ts';
import { costRow, costs } from './cost.ts';
import { issuer, overLoopback, overTls, throughUnixSocket, type Accepted } from './door-connections.ts';
import { printTable, type Row } from './table.ts';

const really = { validateOnly: false };
const once = { ...really, idempotencyKey: '' };
const users = 200;
const projects = 20;
/** Of one connection. */
const rounds = 2000;
/** Each with a connection, or a token, of its own. */
const firsts = 200;
const tomorrow = new Date(Date.now() + 86_400_000);

/** What it takes to find out who sends a request, by each way in which they may show it. */
export async function benchDoor(): Promise<void> {
  const there = await world();
  const { door, token, jwts, authority, shown } = there;
  const admit = (socket: Socket, authorization: readonly string[] = []) => {
    const knock: Knock = { authorization, headers: {}, host: '127.0.0.1:9021', socket };
    return door.admit(knock);
  };
  const admitted = (socket: Socket) => admit(socket);
  const rows = [
    ...(await over(overLoopback(firsts * 1.5), async (sockets) => {
      const [first] = sockets;
      const connections = readFileSync('/proc/self/net/tcp', 'latin1').split('\n').length - 2;
      const asked = await costs(firsts, each(sockets), admitted);
      const bearer = (text: string) => admit(first, [`Bearer ${text}`]);
      const signatures = await costs(firsts, each(jwts), bearer);
      return [
        costRow('a token', await costs(rounds, () => token, bearer)),
        costRow('a token of an OIDC issuer', await costs(rounds, () => jwts[0], bearer)),
        costRow('twice a minute for each of those: its signature', signatures, false),
        costRow('a local user, over loopback', await costs(rounds, () => first, admitted)),
        costRow(`once a connection: the kernel’s table of ${connections} connections`, asked, false),
      ];
    })),
    ...(await over(throughUnixSocket(firsts * 1.5), async (sockets) => {
      const peerOf = await loadUnixPeer();
      if (peerOf === null) return [];
      const asked = await costs(firsts, each(sockets), (socket) => {
        noteUnixPeer(socket, peerOf(socket));
        return admit(socket);
      });
      return [
        costRow('a local user, through the Unix socket', await costs(rounds, () => sockets[0], admitted)),
        costRow('once a connection: the kernel, by SO_PEERCRED', asked, false),
      ];
    })),
    ...(await over(overTls(firsts * 1.5, authority, shown), async (sockets) => {
      const read = await costs(firsts, each(sockets), admitted);
      return [
        costRow('a client certificate', await costs(rounds, () => sockets[0], admitted)),
        costRow('once a connection: what its certificate says', read, false),
      ];
    })),
  ];
  await there.close();
  const title = `What it takes to know who sends a request: ${users} users, each in ${projects} projects`;
  printTable(title, rows);
}

type Some<Item> = readonly [Item, ...Item[]];

async function over<End extends Socket>(
  opened: Promise<Accepted<End>>,
  measure: (sockets: Some<End>) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const { sockets, close } = await opened;
  try {
    return await measure(some(sockets));
  } finally {
    await close();
  }
}

function some<Item>([first, ...more]: readonly Item[]): Some<Item> {
  if (first === undefined) throw new Error('There is none.');
  return [first, ...more];
}

function each<Item>(items: Some<Item>): (index: number) => Item {
  return (index) => items[index] ?? items[0];
}

async function world() {
  const database = openDatabaseFile(':memory:');
  const known = createUsers({ database });
  const store = createProjectStore(database);
  const wish = { owner: null, administrator: false, localUids: [], oidcSubjects: [] };
  const accounts = Array.from({ length: users }, (_, index) =>
    known.create({ ...wish, name: `user-${index}` }, really),
  );
  for (let index = 0; index < projects; index += 1) {
    const id = index.toString(16).padStart(32, '0');
    store.insert({ id, name: `project-${index}`, description: '', createdAt: '2026-01-01T00:00:00Z' }, null);
    for (const { name } of accounts) store.setMember(id, { user: name, role: 'operator' });
  }
  const tokens = createTokens({ database });
  const forTokens = { description: 'bench', scope: wholeScope, expiresAt: null };
  const [token = ''] = accounts
    .map((account) => tokens.issue(account, forTokens, once)?.text ?? '')
    .slice(-1);
  const own = await makeAuthority('bench', tomorrow);
  const certificates = createCertificates({ database, authority: () => Promise.resolve(own) });
  const last = accounts.at(-1);
  if (last === undefined) throw new Error('no user');
  const forOne = { description: 'bench', expiresAt: tomorrow };
  const shown = (await certificates.issue(last, forOne, once))?.files ?? null;
  if (shown === null) throw new Error('no certificate');
  const { url, jwksUrl, sign, close: closeIssuer } = await issuer();
  const verifier = createOidcVerifier({
    issuer: url,
    audience: 'protium',
    jwksUrl,
    userClaim: 'sub',
    groupsClaim: 'groups',
    adminGroup: null,
  });
  const door = createDoor({
    tokens,
    users: known,
    rolesOf: rolesOfUsers(store),
    introductions: {
      certificate: certificateIntroductions({ certificates, users: known, ownAuthority: own.certificate }),
      oidc: oidcIntroductions(verifier, known),
    },
  });
  const jwts = some(
    await Promise.all(Array.from({ length: firsts * 1.5 }, (_, index) => sign('anna', `${index}`))),
  );
  return {
    door,
    token,
    jwts,
    authority: own,
    shown,
    async close() {
      await closeIssuer();
      database.close();
    },
  };
}
