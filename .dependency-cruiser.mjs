/** The layout rules of src, which `npm run check` enforces. */
export default {
  forbidden: [
    {
      name: 'no-circle-between-folders',
      comment: 'A folder that another folder needs must not need that folder, directly or through others.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-circle-between-files',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'wire-knows-no-feature',
      comment: 'http and openapi are used by every feature, and use none.',
      severity: 'error',
      from: { path: '^src/(http|openapi)/' },
      to: { path: '^src/', pathNot: '^src/(http|openapi|config|project-folder)([./]|$)' },
    },
    {
      name: 'dashboard-serves-files-only',
      comment: 'The dashboard is a frontend: its module serves files, and its pages use the documented API.',
      severity: 'error',
      from: { path: '^src/dashboard/' },
      to: { path: '^src/', pathNot: '^src/(dashboard|http|openapi|access|config|project-folder)([./]|$)' },
    },
    {
      name: 'no-foreign-repository',
      comment:
        "A feature uses another feature's service; its repository is an internal, its rows' types are not. Administrators' lists of users are made of users' columns and of roles.",
      severity: 'error',
      from: { path: '^src/((?:admin/)?[^/]+)/', pathNot: '^src/admin/users/' },
      to: { path: '[.]repository[.]ts$', pathNot: '^src/$1/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/database/migrations/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types'] },
  },
};
