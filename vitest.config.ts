import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files that take longest, in the order in which they are begun: at the end all else would wait for them. Those that
 * need a core for themselves alternate with those that mostly wait.
 */
const longest = [
  'test/browser/self-service-looks.test.ts',
  'test/journeys/replicas/two-clocks.test.ts',
  'test/session/lives/interleaved.test.ts',
  'test/drill/drill.test.ts',
  'test/snippets.test.ts',
  'test/gate/property/lives-property.test.ts',
  'test/demo/demo.test.ts',
  'test/gate/property/several-property.test.ts',
  'test/browser/pages.test.ts',
  'test/life/stop.test.ts',
  'test/journeys/replicas/replicas-roster.test.ts',
  'test/browser/self-service-way-in.test.ts',
  'test/journeys/replicas/three-replicas.test.ts',
  'test/browser/self-service-astray.test.ts',
  'test/session/redis/refusals.test.ts',
  'test/journeys/turning-on/turn-on.test.ts',
  'test/journeys/roster.test.ts',
  'test/browser/self-service-kept.test.ts',
  'test/browser/federated.test.ts',
  'test/browser/sign-in.test.ts',
]
for (const file of longest)
  if (!existsSync(new URL(file, import.meta.url))) throw new Error(`vitest.config.ts names ${file}, which is not there`)

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = longest.findIndex(file => moduleId.endsWith(file))
      return index < 0 ? longest.length : index
    }
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other))
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/machine.ts'],
    setupFiles: ['test/support/nothing-left.ts'],
    // A process each would load the application 200 times; nothing-left.ts sees that no file changes what the next one finds.
    isolate: false,
    // For the processes that tests start: half of the time until they are ready goes into compiling.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)) },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A condition that is waited for may take longer than the usual second on a busy machine.
    expect: { poll: { timeout: 5_000 } },
    // Two cores, and tests that mostly wait: for a browser, a provider, Redis.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
  },
})
