/** The profile of a dataset as it grows: what is known at once, then the whole. */

import { useCallback, useEffect, useState } from 'react';

import { isAbort, type ITransport, TransportError } from '../../transport';
import type { IDataset, IStats } from '../../types';

/** How long to wait for a server that does not answer before it is asked again. */
const RECONNECT_MS = 3_000;

export interface IProfile {
  stats: IStats | null;
  /** Why the profile could not be read, `null` if it could. */
  error: unknown;
  retry: () => void;
}

/** Read the profile of a dataset, again whenever its content is another one. */
export function useStats(
  transport: ITransport,
  dataset: IDataset,
  isWanted = true
): IProfile {
  const [stats, setStats] = useState<IStats | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const { name, content_sha256: content } = dataset;
  useEffect(() => {
    if (!isWanted) {
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;
    const read = async () => {
      const early = await transport.stats(name, { wait: false }, signal);
      setStats(early);
      setError(null);
      if (early.partial) {
        setStats(await transport.stats(name, {}, signal));
      }
    };
    read().catch((reason: unknown) => {
      if (!isAbort(reason) && !signal.aborted) {
        setError(reason);
      }
    });
    return () => {
      controller.abort();
    };
  }, [transport, name, content, attempt, isWanted]);
  const again = useCallback(() => {
    setAttempt(before => before + 1);
  }, []);
  const retry = useCallback(() => {
    setError(null);
    again();
  }, [again]);
  useEffect(() => {
    if (!(error instanceof TransportError && error.code === 'unreachable')) {
      return;
    }
    const timer = window.setTimeout(again, RECONNECT_MS);
    return () => {
      window.clearTimeout(timer);
    };
  }, [error, again]);
  return { stats, error, retry };
}
