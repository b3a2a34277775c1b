import project from '../../vitest.config.ts'

/** The name of the environment variable in which `run.ts` names the tests of a row, as a JSON list. */
export const testsVariable = 'MUTANTS_TESTS'

/** The project's own configuration with only the tests of one row: Stryker runs all tests for code that runs at import. */
export default {
  ...project,
  test: {
    ...project.test,
    include: JSON.parse(process.env[testsVariable] ?? '[]') as string[],
    // Code that runs at import must run anew for each change, and a test that ends badly leaves nothing to the next one.
    isolate: true,
    setupFiles: [],
  },
}
