/** The words as they stand in the code: a notebook has no translations to give. */

import type { TranslationBundle } from '@jupyterlab/translation';

type Given = readonly (string | number)[];

/** `%1` and the like, as JupyterLab's own bundles fill them. */
function filled(message: string, given: Given): string {
  return message.replace(/%(\d+)/g, (whole, digits: string) => {
    const value = given.at(Number(digits) - 1);
    return value === undefined ? whole : String(value);
  });
}

const one = (message: string, ...given: Given): string =>
  filled(message, given);

const many = (
  single: string,
  plural: string,
  count: number,
  ...given: Given
): string => filled(count === 1 ? single : plural, [count, ...given]);

export const plainWords: TranslationBundle = {
  __: one,
  _n: many,
  _p: (_context, message, ...given: Given) => one(message, ...given),
  _np: (_context, single, plural, count, ...given: Given) =>
    many(single, plural, count, ...given),
  gettext: one,
  ngettext: many,
  pgettext: (_context, message, ...given: Given) => one(message, ...given),
  npgettext: (_context, single, plural, count, ...given: Given) =>
    many(single, plural, count, ...given),
  dcnpgettext: (_domain, _context, single, plural, count, ...given: Given) =>
    many(single, plural, count, ...given)
};
