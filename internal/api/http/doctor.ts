import type { Router } from 'express';
import type { Finding } from '../../doctor/finding.ts';
import { sendJson } from './json.ts';

/**
 * `GET /v1/host/doctor`: what stands in the way of VMs on this host, with the fix for each. As JSON, or as lines to
 * read where the client prefers `text/plain`.
 */
export function addDoctorRoute(router: Router, examineHost: () => Promise<readonly Finding[]>): void {
  router.get('/v1/host/doctor', async (request, response) => {
    const findings = await examineHost();
    response.vary('Accept');
    if (request.accepts(['json', 'text']) === 'text') {
      response.type('text/plain').end(asText(findings));
    } else {
      sendJson(response, 200, { findings });
    }
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
