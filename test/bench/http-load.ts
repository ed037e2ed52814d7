import http from 'node:http';

export interface Load {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
}

/** Milliseconds that each request took: `clients` keep-alive connections, each sending its next request when answered. */
export async function httpLoad(load: Load, clients: number, requests: number): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const samples: number[] = [];
  let left = requests;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const started = performance.now();
      await request(load, agent);
      samples.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return samples;
}

function request(load: Load, agent: http.Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = load.body === undefined ? {} : { 'Content-Type': 'application/json' };
    const call = http.request(load.url, { method: load.method, agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${load.method} ${load.url}: ${String(response.statusCode)}`));
      });
    });
    call.once('error', reject);
    call.end(load.body);
  });
}
