// Requests to the service that this page came from. An answer that is an error is thrown as what RFC 9457 makes of it.

import type { ProblemDetails } from './types';

/** An error of the service, in its own words. */
export class ServiceError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<ProblemDetails>,
  ) {
    super(problem.detail ?? problem.title ?? `The service answered ${status}.`);
  }
}

export interface Answer<T> {
  status: number;
  etag: string | null;
  body: T;
}

interface Asking {
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export async function ask<T>(method: string, path: string, asking: Asking = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { ...asking.headers };
  if (asking.body !== undefined) headers['Content-Type'] = 'application/json';
  if (asking.text !== undefined) headers['Content-Type'] ??= 'text/csv';
  const body = asking.text ?? (asking.body === undefined ? undefined : JSON.stringify(asking.body));
  let response: Response;
  try {
    response = await fetch(path, { method, headers, body, signal: asking.signal, cache: 'no-store' });
  } catch (error) {
    if (asking.signal?.aborted) throw error;
    throw new ServiceError(0, { detail: 'The service does not answer. Is it still running?' });
  }
  const json = response.headers.get('content-type')?.includes('json') ?? false;
  const answer: unknown = json ? await response.json() : await response.text();
  if (!response.ok) throw new ServiceError(response.status, json ? (answer as ProblemDetails) : {});
  return { status: response.status, etag: response.headers.get('etag'), body: answer as T };
}

/** A message for people. */
export function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
