import tseslint from 'typescript-eslint';

/** Rooms that must stay pure: data in, data out; no I/O, no clock, no randomness (docs/architecture.md). */
const pureRooms = [
  'internal/xml/**/*.ts',
  'internal/spec/**/*.ts',
  'internal/placement/**/*.ts',
  'internal/guests/**/*.ts',
  'internal/cloud-init/**/*.ts',
  'internal/instances/documents/**/*.ts',
  'internal/leases/{demand-parts,timeline,load,windows,runs,lane,lanes,seat,device-layout,device-layouts,book}.ts',
  'internal/leases/{bind-devices,capacity,policy,most-at-once,gpu-weeks,recurrence}.ts',
];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/', 'internal/api/grpc/generated/'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: pureRooms,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*', '!node:assert'], message: 'This room is pure: no I/O.' },
            {
              group: ['**/libvirt/**', '**/store/**', '**/operations/**', '**/api/**'],
              message: 'This room is pure: it knows nothing of the rooms that do I/O.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'Date', 'fetch', 'setTimeout', 'setInterval'],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
    },
  },
  { files: ['test/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
