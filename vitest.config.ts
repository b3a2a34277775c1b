import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const longest = 'test/drill/drill.test.ts'

/** What takes longest is begun first: at the end all else would wait for it. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith(longest)
    const rest = await super.sort(files)
    return [...rest.filter(isLongest), ...rest.filter(file => !isLongest(file))]
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/machine.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores, and tests that mostly wait: for a browser, a provider, Redis.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
})
