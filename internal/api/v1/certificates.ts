import { invalidArgument } from '../../errors/invalid-argument.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Certificates, ClientCertificate } from '../../identity/certificates/certificates.ts';
import type { Account } from '../../identity/users/account.ts';
import {
  CertificatesServiceClient,
  type Certificate,
  type CertificatesServiceServer,
} from '../grpc/generated/protium/v1/certificates.ts';
import { listPage } from './list-page.ts';
import { requireAdministrator } from './require-administrator.ts';
import { v1Service, type V1Service } from './service.ts';

export interface CertificatesSource {
  readonly certificates: Omit<Certificates, 'userOf'>;
  readonly users: { find(name: string): Account | undefined };
}

const usualDays = 90;

/** protium.v1.CertificatesService. */
export function certificatesService({ certificates, users }: CertificatesSource): V1Service {
  return v1Service<CertificatesServiceServer>(CertificatesServiceClient, {
    listCertificates: (request, { caller }) => {
      requireAdministrator(caller, 'see certificates');
      const listed = certificates.list(request.user === '' ? undefined : request.user);
      const { items, nextPageToken } = listPage(
        listed,
        ({ createdAt, serial }) => `${createdAt}/${serial}`,
        request,
      );
      return { certificates: items.map(encode), nextPageToken };
    },
    createCertificate: async (request, { caller }) => {
      requireAdministrator(caller, 'make certificates');
      const { user: name, description, idempotencyKey, validateOnly } = request;
      if (idempotencyKey.length > 255) {
        throw invalidArgument('idempotency_key', 'A key has at most 255 characters.');
      }
      const user = users.find(name);
      if (user === undefined) {
        const message = `There is no user "${name}". Make one: protium user create NAME`;
        throw new ProtiumError('not-found', message, { details: { user: name } });
      }
      const expiresAt = request.expireTime ?? new Date(Date.now() + usualDays * 86_400_000);
      const issued = await certificates.issue(
        user,
        { description, expiresAt },
        { validateOnly, idempotencyKey },
      );
      return {
        certificate: issued === null ? undefined : encode(issued.certificate),
        certificatePem: issued?.files?.certificate ?? '',
        keyPem: issued?.files?.key ?? '',
      };
    },
    revokeCertificate: ({ certificate, validateOnly }, { caller }) => {
      requireAdministrator(caller, 'revoke certificates');
      return { certificate: encode(certificates.revoke(certificate.toLowerCase(), { validateOnly })) };
    },
  });
}

function encode(kept: ClientCertificate): Certificate {
  const { serial, user, description, createdAt, expiresAt, revokedAt } = kept;
  return {
    serial,
    user,
    description,
    createTime: new Date(createdAt),
    expireTime: new Date(expiresAt),
    revokeTime: revokedAt === null ? undefined : new Date(revokedAt),
  };
}
