/** The profile of a dataset as it grows: what is known at once, then the whole. */

import { useCallback, useEffect, useState } from 'react';

import { isAbort, type ITransport } from '../../transport';
import type { IDataset, IStats } from '../../types';

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
      if (early.partial) {
        setStats(await transport.stats(name, {}, signal));
      }
    };
    setError(null);
    read().catch((reason: unknown) => {
      if (!isAbort(reason) && !signal.aborted) {
        setError(reason);
      }
    });
    return () => {
      controller.abort();
    };
  }, [transport, name, content, attempt, isWanted]);
  const retry = useCallback(() => {
    setAttempt(before => before + 1);
  }, []);
  return { stats, error, retry };
}
