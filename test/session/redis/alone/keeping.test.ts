import { describe, expect, test } from 'vitest'
import { createKeepingCheck } from '../../../../src/session/redis/keeping.ts'
import { linesOf } from './lines.ts'

const refused = Object.assign(new Error('NOPERM'), { name: 'ReplyError' })
const away = new Error('Connection is closed.')

type Answers = { policy?: string | Error; persistence?: string | Error; save?: unknown }
const answered = async (answer: unknown) => {
  if (answer instanceof Error) throw answer
  return answer
}
/** A node that answers so. Without `answers` it keeps all that it is given. */
const node = ({ policy = 'noeviction', persistence = '1', save = ['save', ''] }: Answers = {}) =>
  ({
    info: (section: string) => {
      const text = `# ${section}\r\nx_maxmemory_policy:x\r\nmaxmemory_policy:${policy}\r\nused:1\r\n`
      if (section === 'memory') return answered(policy instanceof Error ? policy : text)
      if (section === 'persistence')
        return answered(
          persistence instanceof Error ? persistence : `x_aof_enabled:1\r\naof_enabled:${persistence}\r\nx:1\r\n`,
        )
      return answered('')
    },
    config: (verb: string, name: string) => answered(verb === 'GET' && name === 'save' ? save : []),
  }) as never

async function saidOf(...nodes: never[]) {
  const { log, lines } = linesOf()
  await createKeepingCheck(log)(nodes)
  return lines
}

test('nothing is said of a Redis that keeps all in a file', async () => {
  expect(await saidOf(node())).toEqual([])
})

test('nothing is said of a Redis that keeps all in snapshots', async () => {
  expect(await saidOf(node({ persistence: '0', save: ['save', '900 1'] }))).toEqual([])
})

test.each([
  ['900 1', 0],
  ['', 1],
])(
  'settings may come as an object: where snapshots are taken as %j, so many things are said: %i',
  async (save, times) => {
    expect(await saidOf(node({ persistence: '0', save: { save } }))).toHaveLength(times)
  },
)

test('a Redis keeps a file only where it says exactly so', async () => {
  expect(await saidOf(node({ persistence: '10' }))).toMatchObject([{ event: 'redis-keeps-nothing' }])
})

test.each(['allkeys-lru', 'volatile-ttl'])(
  'a warning names the policy %s, and the one that is wanted',
  async policy => {
    expect(await saidOf(node({ policy }))).toMatchObject([
      { level: 40, event: 'redis-may-evict', policy, wanted: 'noeviction' },
    ])
  },
)

test('a warning says that nothing is kept over a restart', async () => {
  expect(await saidOf(node({ persistence: '0', save: ['save', ''] }))).toMatchObject([
    { level: 40, event: 'redis-keeps-nothing', wanted: 'appendonly or save' },
  ])
})

test.each([['x'.repeat(41)], ['No Policy'], ['']])('a policy that is none was not checked: %j', async policy => {
  expect(await saidOf(node({ policy }))).toMatchObject([{ event: 'redis-not-checked', what: 'maxmemory-policy' }])
})

describe('what Redis does not tell', () => {
  test('of its policy is said without a warning', async () => {
    expect(await saidOf(node({ policy: refused }))).toMatchObject([
      { level: 30, event: 'redis-not-checked', what: 'maxmemory-policy' },
    ])
  })

  test.each<[string, unknown]>([
    ['is refused', refused],
    ['is empty', []],
  ])('of snapshots is said without a warning, where the answer %s', async (_how, save) => {
    expect(await saidOf(node({ persistence: '0', save }))).toMatchObject([
      { level: 30, event: 'redis-not-checked', what: 'persistence' },
    ])
  })

  test('of its file may be told by its snapshots', async () => {
    expect(await saidOf(node({ persistence: refused, save: ['save', '900 1'] }))).toEqual([])
  })
})

describe('of several nodes', () => {
  test('one finding is said once', async () => {
    expect(await saidOf(node({ policy: 'allkeys-lru' }), node({ policy: 'allkeys-lru' }))).toHaveLength(1)
  })

  test('different findings are said each', async () => {
    expect(await saidOf(node({ policy: 'allkeys-lru' }), node({ policy: 'volatile-ttl' }))).toHaveLength(2)
  })

  test('nothing is said while one is away: it is asked when it is back', async () => {
    expect(await saidOf(node({ policy: 'allkeys-lru' }), node({ policy: away }))).toEqual([])
  })
})

describe('a finding', () => {
  test('is said once as long as it stays', async () => {
    const { log, lines } = linesOf()
    const check = createKeepingCheck(log)
    for (let times = 0; times < 3; times++) await check([node({ policy: 'allkeys-lru' })])
    expect(lines).toHaveLength(1)
  })

  test('is said again when another came and went', async () => {
    const { log, lines } = linesOf()
    const check = createKeepingCheck(log)
    for (const policy of ['allkeys-lru', 'noeviction', 'allkeys-lru']) await check([node({ policy })])
    expect(lines).toHaveLength(2)
  })

  test('is not said again because a node was away meanwhile', async () => {
    const { log, lines } = linesOf()
    const check = createKeepingCheck(log)
    for (const policy of ['allkeys-lru', away, 'allkeys-lru']) await check([node({ policy })])
    expect(lines).toHaveLength(1)
  })
})
