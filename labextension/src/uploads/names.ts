/** Names of datasets made from names of files, as the server makes them. */

/** The name that a file's dataset gets. */
export function slug(filename: string): string {
  const base = filename.replace(/^.*[/\\]/, '').replace(/^\.+/, '');
  const name = base
    .split('.')[0]
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
  return name.replace(/^_+|_+$/g, '').slice(0, 60) || 'dataset';
}

/** The first of `sales`, `sales_2`, `sales_3` … that is not taken. */
export function freeName(filename: string, taken: ReadonlySet<string>): string {
  const name = slug(filename);
  let free = name;
  for (let count = 2; taken.has(free); count++) {
    free = `${name}_${count}`;
  }
  return free;
}
