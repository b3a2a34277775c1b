import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { followCommands } from '../../../../src/session/redis/timing.ts'

let now = 0
beforeEach(() => {
  now = 1_000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})
afterEach(() => void vi.restoreAllMocks())

type Heard = { word?: string; command?: string | undefined; remedy?: string | undefined }

/** A client of Redis that is followed, and what was told. `isRefusing` is whether an outage lasts. */
function open({ isRefusing = false } = {}) {
  const observed: unknown[] = []
  const refused: { refusal: Heard; subject: unknown }[] = []
  const answered: unknown[] = []
  const sent: unknown[][] = []
  const client = {
    name: 'client',
    sendCommand(...args: unknown[]): unknown {
      sent.push([this.name, ...args])
      return 'sent'
    },
  }
  followCommands(client as never, {
    observe: (...args) => void observed.push(args),
    refusals: {
      refused: (refusal: Heard, subject: unknown) => void refused.push({ refusal, subject }),
      isRefusing: () => isRefusing,
      answered: (subject: unknown) => void answered.push(subject),
      connected: () => {},
    },
    topology: { kind: 'one' },
    prefix: 'ours:',
  })
  /** Sends a command that ends so after 250 ms. */
  async function send(
    name: string,
    ending: { answer: unknown } | { error: Error },
    keys: unknown[] = [],
  ): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers()
    const result = client.sendCommand({ name, promise, getKeys: () => keys }, 'rest')
    now += 250
    if ('error' in ending) reject(ending.error)
    else resolve(ending.answer)
    await promise.catch(() => {})
    return result
  }
  return { send, observed, refused, answered, sent }
}
const reply = (message: string) => ({ error: Object.assign(new Error(message), { name: 'ReplyError' }) })
const ok = { answer: 'OK' }

test('a command is sent as before, with all that came with it', async () => {
  const { send, sent } = open()
  expect(await send('get', ok)).toBe('sent')
  expect(sent).toEqual([['client', expect.objectContaining({ name: 'get' }), 'rest']])
})

test('a command that is done took its seconds', async () => {
  const { send, observed } = open()
  await send('get', ok)
  expect(observed).toEqual([[0.25]])
})

test.each([
  [reply('OOM command not allowed'), 'oom'],
  [reply('STRANGE word'), 'other'],
  [{ error: new Error('Command timed out') }, 'unanswered'],
])('a command that was not done took its seconds, and has a reason: %j', async (ending, reason) => {
  const { send, observed } = open()
  await send('set', ending)
  expect(observed).toEqual([[0.25, reason]])
})

describe('a refusal', () => {
  test('is heard with what helps, and with the kind of the key', async () => {
    const { send, refused } = open()
    await send('set', reply('OOM command not allowed'), ['ours:session:secret-id'])
    expect(refused).toEqual([
      {
        refusal: { word: 'OOM', command: undefined, remedy: expect.stringContaining('maxmemory') },
        subject: { command: 'set', kind: 'session' },
      },
    ])
  })

  test('never tells a key that is not ours', async () => {
    const { send, refused } = open()
    await send('set', reply('OOM command not allowed'), ['theirs:session:secret-id'])
    expect(refused).toMatchObject([{ subject: { command: 'set', kind: '' } }])
  })

  test('of a command without a key is of no kind', async () => {
    const { send, refused } = open()
    await send('auth', reply('WRONGPASS invalid password'))
    expect(refused).toMatchObject([{ subject: { command: 'auth', kind: '' } }])
  })

  test('knows the kind of a key that is given as bytes', async () => {
    const { send, refused } = open()
    await send('set', reply('OOM command not allowed'), [Buffer.from('ours:note:one')])
    expect(refused).toMatchObject([{ subject: { kind: 'note' } }])
  })

  test('is none where Redis did not answer', async () => {
    const { send, refused } = open()
    await send('set', { error: new Error('Command timed out') })
    expect(refused).toEqual([])
  })

  test.each([
    ['info', 'NOPERM'],
    ['info', 'ERR'],
    ['config', 'NOPERM'],
    ['config', 'ERR'],
  ])('is spared where %s, which need not be allowed, is answered with %s', async (name, word) => {
    const { send, refused } = open()
    await send(name, reply(`${word} no`))
    expect(refused).toEqual([])
  })

  test.each([
    ['info', 'NOAUTH'],
    ['config', 'LOADING'],
    ['get', 'NOPERM'],
    ['get', 'ERR'],
  ])('is heard where %s is answered with %s', async (name, word) => {
    const { send, refused } = open()
    await send(name, reply(`${word} no`))
    expect(refused).toMatchObject([{ refusal: { word } }])
  })
})

describe('an answer', () => {
  test('is told while an outage lasts, with the kind of its key', async () => {
    const { send, answered } = open({ isRefusing: true })
    await send('set', ok, ['ours:session:secret-id'])
    expect(answered).toEqual([{ command: 'set', kind: 'session' }])
  })

  test('is told to nobody while there is no outage', async () => {
    const { send, answered } = open()
    await send('set', ok, ['ours:session:secret-id'])
    expect(answered).toEqual([])
  })

  test.each([
    ['info', 'a:1\r\nloading:1\r\nb:1', 'LOADING', 'redis-ready'],
    ['cluster', 'cluster_state:fail\r\ncluster_slots_ok:0', 'CLUSTERDOWN', 'CLUSTER INFO'],
  ])('to %s may say that Redis is not well', async (name, answer, word, remedy) => {
    const { send, refused, answered } = open({ isRefusing: true })
    await send(name, { answer })
    expect(refused).toEqual([
      { refusal: { word, command: name, remedy: expect.stringContaining(remedy) }, subject: undefined },
    ])
    expect(answered).toEqual([])
  })

  test.each([
    ['info', 'loading:0'],
    ['info', 'async_loading:1'],
    ['info', 'loading:10'],
    ['info', 'cluster_state:fail'],
    ['cluster', 'cluster_state:ok'],
    ['cluster', 'x_cluster_state:fail'],
    ['cluster', 'cluster_state:failing'],
    ['get', 'loading:1'],
  ])('to %s that is %j refuses nothing', async (name, answer) => {
    const { send, refused } = open()
    await send(name, { answer })
    expect(refused).toEqual([])
  })
})
