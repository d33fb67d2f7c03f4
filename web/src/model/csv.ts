// What is copied from a spreadsheet has tabs between its cells; the service reads commas.

/** Comma-separated values of what was pasted. */
export function csv(pasted: string): string {
  const head = pasted.split(/\r?\n/, 1)[0] ?? '';
  if (!head.includes('\t')) return pasted;
  const quoted = (cell: string) => (/[",\n]/.test(cell) && !/^".*"$/s.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return pasted
    .split(/\r?\n/)
    .map((line) => line.split('\t').map(quoted).join(','))
    .join('\n');
}
