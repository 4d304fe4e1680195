import type { Answer } from '../http/answer.ts';
import type { Page } from '../odata/page.ts';
import type { Call } from './call.ts';

const contextOf = (call: Call, path: string): string => `${call.settings.graphUrl}/${call.version}/$metadata#${path}`;

/** @param context what follows `$metadata#`, such as `devices(id)` */
export const entity = (call: Call, context: string, body: Record<string, unknown>): Answer => ({
  status: 200,
  body: { '@odata.context': contextOf(call, `${context}/$entity`), ...body },
});

/** One page of a collection. */
export function collection(call: Call, context: string, page: Page<unknown>, count?: number): Answer {
  return {
    status: 200,
    body: {
      '@odata.context': contextOf(call, context),
      ...(count === undefined ? {} : { '@odata.count': count }),
      ...(page.nextToken === undefined ? {} : { '@odata.nextLink': nextLink(call, page.nextToken) }),
      value: page.items,
    },
  };
}

function nextLink(call: Call, token: string): string {
  const options = new URLSearchParams(call.rawQuery);
  options.delete('$skiptoken');
  options.append('$skiptoken', token);
  const query = [...options].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return `${call.settings.graphUrl}${call.rawPath}?${query}`;
}
