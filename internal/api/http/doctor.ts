import type { Router } from 'express';
import type { Finding } from '../../doctor/finding.ts';

/**
 * `GET /v1/host/doctor` for people: lines to read, where the client prefers `text/plain`. JSON is the contract's
 * (HostService).
 */
export function addDoctorRoute(router: Router, examineHost: () => Promise<readonly Finding[]>): void {
  router.get('/v1/host/doctor', async (request, response, next) => {
    response.vary('Accept');
    if (request.accepts(['json', 'text']) === 'text') {
      response.type('text/plain').end(asText(await examineHost()));
    } else next();
  });
}

const marks: Readonly<Record<Finding['severity'], string>> = {
  ok: 'ok      ',
  note: 'note    ',
  warning: 'WARNING ',
  problem: 'PROBLEM ',
  unknown: '?       ',
};

function asText(findings: readonly Finding[]): string {
  return findings
    .map(({ severity, message, fix }) =>
      fix === null ? `${marks[severity]}${message}\n` : `${marks[severity]}${message}\n        → ${fix}\n`,
    )
    .join('');
}
