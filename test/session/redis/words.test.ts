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

test('a label has few values: an unknown word counts as other', () => {
  expect(['READONLY', 'STRANGE', 'other', undefined].map(redisReasonOf)).toEqual([
    'readonly',
    'other',
    'other',
    'unanswered',
  ])
})
