// One POST over connections that stay open; node:http, because it costs the machine less than fetch does.

import { Agent, request } from 'node:http';

export interface Line {
  /** Resolves with the status and the body when the whole answer is there. */
  post(url: string, body: unknown): Promise<{ readonly status: number; readonly text: string }>;
  close(): void;
}

export function openLine(sockets: number): Line {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  return {
    post: (url, body) =>
      new Promise((resolve, reject) => {
        const bytes = Buffer.from(JSON.stringify(body));
        const headers = { 'content-type': 'application/json', 'content-length': bytes.length };
        request(url, { agent, method: 'POST', headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
        })
          .on('error', reject)
          .end(bytes);
      }),
    close: () => agent.destroy(),
  };
}
