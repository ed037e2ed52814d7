import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clientAuthority } from '../../../internal/identity/certificates/authority.ts';
import { createCertificates } from '../../../internal/identity/certificates/certificates.ts';
import { certificateIntroductions, namesOf } from '../../../internal/identity/certificates/introduce.ts';
import {
  issueClientCertificate,
  makeAuthority,
  makeServerCertificate,
  newSerial,
  type CertificateWithKey,
} from '../../../internal/identity/certificates/make-certificate.ts';
import { createUsers } from '../../../internal/identity/users/users.ts';
import { openFor } from '../operations/fixture.ts';

const later = new Date(Date.now() + 86_400_000);
const really = { validateOnly: false };

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'protium-authority-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function room() {
  const database = openFor(':memory:');
  const users = createUsers({ database });
  const own = await makeAuthority('own', later);
  const other = await makeAuthority('other', later);
  let now = new Date();
  const clock = () => now;
  const certificates = createCertificates({ database, authority: () => Promise.resolve(own), clock });
  const wish = { owner: null, administrator: false, localUids: [], oidcSubjects: [] };
  const anna = users.create({ ...wish, name: 'anna' }, really);
  const introduce = certificateIntroductions({ certificates, users, ownAuthority: own.certificate, clock });
  /** The server's end of a connection with this certificate. */
  const shown = async (client: CertificateWithKey | null): Promise<TLSSocket> => {
    const server = await makeServerCertificate(['localhost'], later);
    const tls = createServer({
      cert: server.certificate,
      key: server.key,
      ca: [own.certificate, other.certificate],
      requestCert: true,
      rejectUnauthorized: false,
    });
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    const accepted = new Promise<TLSSocket>((resolve) => tls.once('secureConnection', resolve));
    const { port } = tls.address() as AddressInfo;
    const sent = connect({
      port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: server.certificate,
      ...(client === null ? {} : { cert: client.certificate, key: client.key }),
    });
    sent.on('error', () => undefined);
    const socket = await accepted;
    onTestFinished(() => {
      sent.destroy();
      socket.destroy();
      tls.close();
    });
    return socket;
  };
  return { users, own, other, certificates, anna, introduce, shown, at: (time: Date) => (now = time) };
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
  return 'none';
}

describe('a client certificate', () => {
  it('shows whom it was issued for, until it is revoked, on open connections too', async () => {
    const { certificates, anna, introduce, shown } = await room();
    const options = { validateOnly: false, idempotencyKey: '' };
    const issued = await certificates.issue(anna, { description: 'laptop', expiresAt: later }, options);
    const socket = await shown(issued?.files ?? null);
    expect(introduce(socket)?.name).toBe('anna');
    const serial = issued?.certificate.serial ?? '';
    expect(certificates.list('anna').map((each) => each.serial)).toEqual([serial]);
    certificates.revoke(serial, { validateOnly: true });
    expect(introduce(socket)?.name).toBe('anna');
    certificates.revoke(serial, really);
    expect(codeOf(() => introduce(socket))).toBe('credentials-wrong');
    expect(codeOf(() => certificates.revoke(serial, really))).toBe('state-conflict');
    expect(codeOf(() => certificates.revoke('none', really))).toBe('not-found');
  });

  it('of a user who was deleted, or that has expired, lets nobody in', async () => {
    const { certificates, anna, introduce, shown, users, at } = await room();
    const wish = { description: '', expiresAt: later };
    const options = { validateOnly: false, idempotencyKey: '' };
    const socket = await shown((await certificates.issue(anna, wish, options))?.files ?? null);
    at(new Date(later.getTime() + 1000));
    expect(codeOf(() => introduce(socket))).toBe('credentials-wrong');
    at(new Date());
    expect(introduce(socket)?.name).toBe('anna');
    users.remove('anna', really);
    expect(codeOf(() => introduce(socket))).toBe('credentials-wrong');
  });

  it('of another authority shows the user that its names say, never the built-in administrator', async () => {
    const { other, introduce, shown } = await room();
    const of = (user: string) =>
      issueClientCertificate(other, { user, serial: newSerial(), notAfter: later });
    expect(introduce(await shown(await of('anna')))?.name).toBe('anna');
    const [stranger, known] = [await shown(await of('nobody')), await shown(await of('administrator'))];
    expect(codeOf(() => introduce(stranger))).toBe('credentials-wrong');
    expect(codeOf(() => introduce(known))).toBe('credentials-wrong');
  });

  it('of its own authority counts only by its serial number', async () => {
    const { own, introduce, shown } = await room();
    const unknown = await issueClientCertificate(own, { user: 'anna', serial: newSerial(), notAfter: later });
    const socket = await shown(unknown);
    expect(codeOf(() => introduce(socket))).toBe('credentials-wrong');
  });

  it('of an authority that is not trusted, of a server, or none', async () => {
    const { introduce, shown } = await room();
    const strange = await makeAuthority('own', later);
    const forged = await issueClientCertificate(strange, {
      user: 'anna',
      serial: newSerial(),
      notAfter: later,
    });
    const socket = await shown(forged);
    expect(codeOf(() => introduce(socket))).toBe('credentials-wrong');
    const ofServer = await shown(await makeServerCertificate(['anna'], later));
    expect(codeOf(() => introduce(ofServer))).toBe('credentials-wrong');
    expect(introduce(await shown(null))).toBeNull();
  });

  it('is made once for a key, and not in a dry run', async () => {
    const { certificates, anna, users } = await room();
    const wish = { description: '', expiresAt: later };
    const keyed = { validateOnly: false, idempotencyKey: 'k' };
    const first = await certificates.issue(anna, wish, keyed);
    expect(await certificates.issue(anna, wish, keyed)).toEqual({
      certificate: first?.certificate,
      files: null,
    });
    const administrator = users.get('administrator');
    await expect(certificates.issue(administrator, wish, keyed)).rejects.toMatchObject({
      code: 'definition-conflict',
    });
    expect(await certificates.issue(anna, wish, { validateOnly: true, idempotencyKey: '' })).toBeNull();
    expect(certificates.list()).toHaveLength(1);
    for (const bad of [
      { description: 'a\nb', expiresAt: later },
      { description: '', expiresAt: new Date(0) },
      { description: '', expiresAt: new Date(Date.now() + 20 * 365 * 86_400_000) },
      { description: '', expiresAt: new Date(Number.NaN) },
    ]) {
      await expect(certificates.issue(anna, bad, keyed)).rejects.toMatchObject({ code: 'argument-invalid' });
    }
  });
});

describe('the authority', () => {
  it('is made once, and its key is for the daemon alone', async () => {
    const state = directory();
    const made = await clientAuthority(state);
    expect(await clientAuthority(state)).toEqual(made);
    expect(statSync(join(state, 'client-authority')).mode & 0o777).toBe(0o700);
    expect(statSync(join(state, 'client-authority', 'authority.pem')).mode & 0o777).toBe(0o600);
    const certificate = new X509Certificate(made.certificate);
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  });

  it('that cannot be read is told, and not replaced', async () => {
    const state = directory();
    await clientAuthority(state);
    const file = join(state, 'client-authority', 'authority.pem');
    writeFileSync(file, 'rubbish');
    await expect(clientAuthority(state)).rejects.toThrow(/authority\.pem/);
    expect(readFileSync(file, 'utf8')).toBe('rubbish');
  });
});

it.each([
  ['CN=anna', undefined, ['anna']],
  [
    'O=x\nCN=anna',
    'DNS:a.example, email:a@b.example, URI:urn:x',
    ['anna', 'a.example', 'a@b.example', 'urn:x'],
  ],
  ['O=CN=anna', undefined, []],
  ['CN=a\\nCN=administrator', undefined, []],
  ['', 'DNS:"x, DNS:anna"', []],
  ['', 'othername:<unsupported>', []],
])('names of %j %j', (subject, subjectAltName, names) => {
  expect(namesOf({ subject, subjectAltName })).toEqual(names);
});
