import { expect } from 'vitest'
import { openReplicas } from '../support/replicas.ts'
import { testIn } from '../support/test-in.ts'

const canary = 'canary-Bearer-eyJhbGciOi'
/** Each of these signals triggers a bug in a timer. */
const bugs = `
process.on('SIGUSR2', () => setTimeout(() => { throw new RangeError(process.env.CANARY) }))
process.on('SIGWINCH', () => void Promise.reject(Object.assign(new Error(process.env.CANARY), { code: 'EBUG', body: process.env.CANARY })))
process.on('SIGIO', () => void Promise.reject(process.env.CANARY))
`

const test = testIn(() =>
  openReplicas({
    count: 3,
    settings: {
      CANARY: canary,
      SHUTDOWN_GRACE_SECONDS: '3',
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(bugs)}`,
    },
  }),
)

const cases = [
  ['an exception', 'SIGUSR2', 'uncaught-exception', { type: 'RangeError' }],
  ['a rejection', 'SIGWINCH', 'unhandled-rejection', { type: 'Error', code: 'EBUG' }],
  ['a rejection with something that is no error', 'SIGIO', 'unhandled-rejection', { code: 'ERR_UNHANDLED_REJECTION' }],
] as const
for (const [index, [what, signal, event, error]] of cases.entries())
  test(`${what} that nobody caught is logged without its words, requests are finished, and the exit is 1`, async ({
    house,
  }) => {
    const replica = house.replica(index)
    replica.signal(signal)
    await expect.poll(() => replica.events(), { interval: 10 }).toContain('stopping')
    const answer = await fetch(replica.at('/health/ready'))
    expect([answer.status, await answer.json()]).toEqual([503, { status: 'not-ready', waiting: ['draining'] }])
    expect((await fetch(replica.at('/auth/signed-out'))).status).toBe(200)
    expect(await replica.exited).toBe(1)
    const lines = replica.logged.map(line => JSON.parse(line))
    expect(lines.find(line => line.event === event)).toMatchObject({ level: 60, error })
    expect(lines.at(-1)).toMatchObject({ event: 'stopped', exitCode: 1 })
    expect([...replica.logged, ...replica.complained].join('\n')).not.toContain(canary)
  })
