import { Stryker } from '@stryker-mutator/core'
import { testsVariable } from './vitest.config.ts'

export type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number]

/**
 * Changes one file of `src` in every way that Stryker knows, and runs these tests against each change.
 * Both are paths from the root of the project, which is the working directory.
 *
 * Rejects when a test fails before anything is changed.
 * Source: https://stryker-mutator.io/docs/stryker-js/configuration
 */
export function mutantsOf(file: string, tests: readonly string[]): Promise<Mutant[]> {
  // Stryker's worker inherits the environment, and reads its configuration there.
  process.env[testsVariable] = JSON.stringify(tests)
  return new Stryker({
    mutate: [file],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'infra/mutants/vitest.config.ts', related: false },
    // Stryker would read tsconfig.json with the API of TypeScript 5, which TypeScript 7 does not have.
    tsconfigFile: 'not-read.json',
    tempDirName: '.stryker-tmp',
    cleanTempDir: 'always',
    // Two mutants at once share two cores with their Redis, and run into each other's time limits.
    concurrency: 1,
    dryRunTimeoutMinutes: 10,
    timeoutMS: 10_000,
    reporters: ['progress-append-only'],
  }).runMutationTest()
}
