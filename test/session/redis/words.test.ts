import { describe, expect, test } from 'vitest'
import { redisReasonOf } from '../../../src/labels.ts'
import { redisRefusalIn } from '../../../src/session/redis/words.ts'

const topology = { kind: 'one' } as const
const reply = (message: string, name = 'get') =>
  Object.assign(new Error(message), { name: 'ReplyError', command: { name, args: ['key-canary', 'value-canary'] } })

const cases: [error: Error, word: string | undefined, command: string | undefined, remedy: RegExp | undefined][] = [
  [reply('MOVED 3999 127.0.0.1:6381'), 'MOVED', 'get', /REDIS_CLUSTER=on/],
  [reply("READONLY You can't write against a read only replica.", 'set'), 'READONLY', 'set', /REDIS_SENTINEL_MASTER/],
  [
    reply(
      "ERR Error running script (call to f_2067): @user_script:1: @user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.",
      'eval',
    ),
    'OOM',
    'eval',
    /maxmemory/,
  ],
  [
    reply(
      "ERR The user executing the script can't run this command or subcommand script: b0e7, on @user_script:1.",
      'eval',
    ),
    'NOPERM',
    'eval',
    /a command that a script uses/,
  ],
  [
    reply("NOPERM ACL failure in script: User x has no permissions to run the 'incr' command", 'eval'),
    'NOPERM',
    'eval',
    /a command that a script uses/,
  ],
  [reply("NOPERM User x has no permissions to run the 'xadd' command", 'xadd'), 'NOPERM', 'xadd', /\+xadd/],
  [reply('NOPERM No permissions to access a key', 'set'), 'NOPERM', 'set', /key pattern/],
  [reply('DENIED Redis is running in protected mode because', 'hello'), 'DENIED', 'hello', /protected mode/],
  [reply('ERR max number of clients reached', 'info'), 'ERR', 'info', /maxclients/],
  [reply("ERR unknown command 'GETDEL', with args beginning with: 'x'", 'getdel'), 'ERR', 'getdel', /6\.2/],
  [reply('ERR something that nobody has seen'), 'ERR', 'get', undefined],
  [reply('STRANGE word of another kind of server'), 'STRANGE', 'get', undefined],
  [reply('something without a word'), 'other', 'get', undefined],
  [reply('MOVED 1 x', 'CLUSTER slots canary'), 'MOVED', undefined, /REDIS_CLUSTER/],
  [
    Object.assign(new Error('Failed to refresh slots cache.'), {
      lastNodeError: reply("NOPERM User x has no permissions to run the 'cluster|slots' command", 'cluster'),
    }),
    'NOPERM',
    'cluster',
    /\+cluster/,
  ],
  [
    new Error('Too many Cluster redirections. Last error: ReplyError: MOVED 1 10.0.0.1:6379'),
    'MOVED',
    undefined,
    /REDIS_CLUSTER/,
  ],
  [
    new Error('failed to connect to sentinel a:1 because NOAUTH Authentication required.'),
    'NOAUTH',
    undefined,
    /password/,
  ],
  [
    Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' }),
    'TLS',
    undefined,
    /not valid now/,
  ],
  [
    Object.assign(new Error("Hostname/IP does not match certificate's altnames"), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    }),
    'TLS',
    undefined,
    /another name/,
  ],
  [
    new Error('connected to sentinel a:1 successfully, but got an invalid reply: null'),
    'ERR',
    undefined,
    /REDIS_SENTINEL_MASTER/,
  ],
  [new Error('Command timed out'), undefined, undefined, undefined],
  [
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }),
    undefined,
    undefined,
    undefined,
  ],
  [new Error('CANARY is no word of Redis'), undefined, undefined, undefined],
]

describe('an error of ioredis tells the refusal of Redis', () => {
  test.each(cases)('%s', (error, word, command, remedy) => {
    const found = redisRefusalIn(error, topology)
    expect([found?.word, found?.command]).toEqual([word, command])
    if (remedy) expect(found?.remedy).toMatch(remedy)
    else expect(found?.remedy).toBeUndefined()
    expect(JSON.stringify(found ?? '')).not.toContain('canary')
  })
})

/** What an operator is told to do about an error, where Redis was taken for this. */
const remedyOf = (error: Error, kind: 'one' | 'cluster' | 'sentinel' = 'one') =>
  redisRefusalIn(error, kind === 'sentinel' ? { kind, master: 'ours' } : { kind })?.remedy

const told: [said: string, remedy: string][] = [
  ['MOVED 1 a:1', 'a node of a cluster: set REDIS_CLUSTER=on'],
  ['ASK 1 a:1', 'a node of a cluster: set REDIS_CLUSTER=on'],
  ['CLUSTERDOWN Hash slot not served', 'the cluster has slots that no node serves: see CLUSTER INFO'],
  ['READONLY x', 'a replica: point REDIS_URL at the master or set REDIS_SENTINEL_MASTER'],
  ['MASTERDOWN x', 'a replica that has lost its master: point REDIS_URL at the master or set REDIS_SENTINEL_MASTER'],
  ['NOREPLICAS x', 'too few replicas are connected: see min-replicas-to-write'],
  ['OOM x', 'Redis is full: give it more memory, and see maxmemory'],
  ['MISCONF x', 'Redis cannot keep its data on disk: see its log'],
  ['WRONGPASS x', 'user name or password are not right: see REDIS_URL, and docs/redis.md for changing the password'],
  ['NOAUTH x', 'Redis wants a password: write it in REDIS_URL'],
  ['DENIED x', 'Redis is in protected mode: give it a password'],
  ['LOADING x', 'Redis reads its data after a start: nothing, if redis-ready follows'],
  ['BUSY x', 'a script keeps Redis busy: see SCRIPT KILL'],
  ['ERR This instance has cluster support disabled', 'no cluster: leave REDIS_CLUSTER out'],
  ...["'SENTINEL'", '`sentinel`', 'sentinel'].map((name): [string, string] => [
    `ERR unknown command ${name}`,
    'no sentinel: leave REDIS_SENTINEL_MASTER out, or give the port of the sentinels',
  ]),
  ...['ERR DB index is out of range', 'ERR SELECT is not allowed in cluster mode'].map((said): [string, string] => [
    said,
    'there is no such database: see the number behind the host in REDIS_URL',
  ]),
]
describe('an operator is told what helps', () => {
  test.each(told)('where Redis says %s', (said, remedy) => {
    expect(remedyOf(reply(said))).toBe(remedy)
  })

  test.each(['cluster', 'sentinel'] as const)(
    'where the nodes of a %s announce addresses that lead elsewhere',
    kind => {
      for (const said of ['MOVED 1 a:1', 'ASK 1 a:1'])
        expect(remedyOf(reply(said), kind)).toBe('the nodes announce addresses that lead elsewhere')
    },
  )

  test.each(['cluster', 'sentinel'] as const)('where a %s takes a replica for the master', kind => {
    expect(remedyOf(reply('READONLY x'), kind)).toBe(
      'a replica is taken for the master: see the fail-over, and what is announced',
    )
  })

  test.each(['cluster', 'sentinel'] as const)(
    'where a %s refuses for any other reason as where one Redis does',
    kind => {
      expect(remedyOf(reply('OOM x'), kind)).toBe('Redis is full: give it more memory, and see maxmemory')
    },
  )

  test('where a server wants a certificate from its clients', () => {
    const error = Object.assign(new Error('tlsv13 alert certificate required'), { code: 'ERR_SSL' })
    expect(remedyOf(error)).toBe('it wants a certificate from its clients, and there is none: see tls-auth-clients')
  })

  test.each(['CERT_UNTRUSTED', 'DEPTH_ZERO_X', 'SELF_SIGNED_X', 'UNABLE_TO_VERIFY_X', 'ERR_TLS_CERT_ALTNAME'])(
    'where the code of an error is %s, whatever it says',
    code => {
      expect(redisRefusalIn(Object.assign(new Error('no'), { code }), topology)).toMatchObject({
        word: 'TLS',
        remedy: 'its certificate is of an authority that is not known here: see REDIS_CA_FILE',
      })
    },
  )
})

describe('the word of a refusal', () => {
  test.each([
    ['ERR @user_script:12: -OOM no room', 'OOM'],
    ['ERR @user_script: 1: MISCONF no disk', 'MISCONF'],
    ['BUSY', 'BUSY'],
    ['no word of Redis', 'other'],
    ['a text with a WORD in it', 'other'],
    ['the certificate of another', 'other'],
  ])('of Redis that says %s', (said, word) => {
    expect(redisRefusalIn(reply(said), topology)?.word).toBe(word)
  })

  test.each([
    ['an error without a code that says nothing of certificates', new Error('no')],
    ['an error with a code of another kind', Object.assign(new Error('no'), { code: 'NOT_CERT_X' })],
    ['something that is no error', 'OOM no room'],
    ['an error of a cluster whose nodes said nothing', Object.assign(new Error('no'), { lastNodeError: undefined })],
  ])('is none in %s', (_what, error) => {
    expect(redisRefusalIn(error, topology)).toBeUndefined()
  })

  test('is in an error that speaks of a certificate, whatever its code', () => {
    expect(redisRefusalIn(new Error('bad certificate'), topology)?.word).toBe('TLS')
  })

  test('of a cluster whose nodes said nothing is its own', () => {
    const error = Object.assign(reply('OOM no room'), { lastNodeError: undefined })
    expect(redisRefusalIn(error, topology)?.word).toBe('OOM')
  })

  test('comes without a command where the error names none', () => {
    const error = Object.assign(new Error('OOM no room'), { name: 'ReplyError' })
    expect(redisRefusalIn(error, topology)).toHaveProperty('command', undefined)
  })
})

test('a label has few values: an unknown word counts as other', () => {
  expect(['READONLY', 'STRANGE', 'other', undefined].map(redisReasonOf)).toEqual([
    'readonly',
    'other',
    'other',
    'unanswered',
  ])
})
