/**
 * Who may import whom. The rooms and the reasons are in docs/architecture.md; a change there and here goes together.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
const ROOMS = [
  'activation',
  'customer-file',
  'tiktok',
  'storage',
  'database',
  'connections',
  'temporal',
  'workflows',
  'activities',
  'api',
  'sandbox',
  'cli',
];

/** `room` may import, of src, itself and the rooms or files in `allowed` (regular expressions below src/). */
function only(room, allowed, comment, { typesToo = [] } = {}) {
  const others = [
    'src/[^/]+\\.ts$',
    ...ROOMS.filter((other) => other !== room).map((other) => `src/${other}/`),
    'src/local/',
  ];
  return [
    {
      name: `${room}-imports`,
      comment,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: `^src/${room}/main\\.ts$` },
      to: {
        path: `^(${others.join('|')})`,
        pathNot: `^src/(${[...allowed, ...typesToo].join('|') || 'NOTHING'})`,
      },
    },
    ...typesToo.map((path) => ({
      name: `${room}-types-only`,
      comment: `${room} may import the types of ${path} and nothing that runs`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: `^src/${room}/main\\.ts$` },
      to: { path: `^src/${path}`, dependencyTypesNot: ['type-only'] },
    })),
  ];
}

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '/(main|rotate-key)\\.ts$' },
      to: {},
    },
    ...only('activation', ['customer-file/'], 'the words that several rooms share', {
      typesToo: ['tiktok/'],
    }),
    ...only('customer-file', [], 'the engine knows no Temporal, no HTTP and no database'),
    ...only('tiktok', [], 'a client of TikTok and nothing else'),
    ...only('storage', [], 'an object store and nothing else'),
    ...only('database', [], 'tables and nothing else'),
    ...only('connections', ['tiktok/', 'database/'], 'authorizations stand between TikTok and the database'),
    ...only(
      'temporal',
      ['workflows/messages\\.ts$', 'activation/', 'logger\\.ts$'],
      'the only user of the client',
    ),
    ...only(
      'workflows',
      [
        'temporal/(search-attributes|task-queues)\\.ts$',
        'activation/(phases|attention|points-in-time|rate-limit-pause)\\.ts$',
      ],
      'workflow code must be deterministic: no Node, no zod, no input or output',
      { typesToo: ['activities/', 'customer-file/'] },
    ),
    ...only(
      'activities',
      ['activation/', 'customer-file/', 'tiktok/', 'connections/', 'storage/', 'database/'],
      'activities do the work; they know neither HTTP nor the workflow',
    ),
    ...only(
      'api',
      [
        'activation/',
        'temporal/',
        'database/',
        'storage/',
        'tiktok/',
        'connections/',
        'customer-file/',
        'logger\\.ts$',
      ],
      'the API starts and shows runs',
      { typesToo: ['workflows/'] },
    ),
    ...only('sandbox', [], 'it must not share our mistakes'),
    ...only('cli', [], 'a client of the API', { typesToo: ['api/schemas/'] }),
    {
      name: 'workflow-packages',
      comment: 'workflow code runs in a sandbox without Node; zod has brought workers down from there',
      severity: 'error',
      from: {
        path: '^src/(workflows|activation/(phases|attention)\\.ts|temporal/(search-attributes|task-queues)\\.ts)',
      },
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/@temporalio/(workflow|common)/' },
    },
    {
      name: 'engine-packages',
      comment: 'the engine needs csv-parse, libphonenumber-js and Node',
      severity: 'error',
      from: { path: '^src/customer-file/' },
      to: { dependencyTypes: ['npm'], pathNot: 'node_modules/(csv-parse|libphonenumber-js)/' },
    },
    {
      name: 'only-roots-read-the-environment',
      comment: 'configuration is read once, by the root of a process',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(worker\\.ts|rotate-key\\.ts|api/main\\.ts|sandbox/main\\.ts|cli/main\\.ts|local/)',
      },
      to: { path: '^src/config\\.ts$' },
    },
    {
      name: 'temporal-client-in-one-place',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(temporal|local)/' },
      to: { path: 'node_modules/@temporalio/client/' },
    },
    {
      name: 'src-without-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
