/** Runs of anything but ASCII punctuation and white space. */
const RUN = /[^\s!-/:-@[-`{-~]+/gu;

/**
 * A value that cannot be read any more: of every word only the first character is left, and of short ones none. What
 * stands between the words is kept, so that one sees what the normalisation did: `A***.B***+s***@e***.c***`.
 */
export function maskValue(value: string): string {
  return value.replace(RUN, (run) => {
    const [first = '', ...others] = run;
    return others.length < 2 ? '*' : `${first}***`;
  });
}
