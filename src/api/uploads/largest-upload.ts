/** What to tell somebody whose file is larger than an upload may be. */
export function tooLargeFor(maxUploadBytes: number): string {
  const most = maxUploadBytes.toLocaleString('en');
  return `A file may have ${most} bytes at most. Split it, create the audience with the first file and append the others.`;
}
