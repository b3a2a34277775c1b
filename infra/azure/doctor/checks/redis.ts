import { isIP } from 'node:net'
import { isLoopback } from '../../../../src/config/loopback.ts'
import { readRedisUrl } from '../../../../src/config/redis-address.ts'
import { see } from '../../../../src/setup/facts/fact.ts'
import { right, untold, wrong } from '../../../../src/setup/finding.ts'
import type { DoctorCheck } from '../own-check.ts'
import type { RedisLine } from '../sight/redis.ts'
import { listed } from './listed.ts'

/** Checks of Redis, as the application reaches it from this machine. */
export const redisChecks: readonly DoctorCheck[] = [
  {
    name: 'redis-reachable',
    why: 'Without Redis every page is a 503.',
    judge(facts) {
      const { works, lines } = see(facts.redis)
      if (works) return right('Redis took a write, a script and a read.')
      const refusal = lines.find(({ event }) => event === 'redis-refuses')
      if (refusal)
        return wrong(`Redis answers, and refuses (${refusal.word}).`, sentence(refusal.remedy ?? 'See docs/redis.md'))
      return wrong(
        'Redis does not answer from this machine.',
        'See REDIS_URL, and run this where the application runs.',
      )
    },
  },
  {
    name: 'redis-user',
    why: 'A command that Redis refuses is a page or a record that fails.',
    judge(facts) {
      const { works, refused } = see(facts.redis)
      if (!works) return untold('Redis was not reached.', 'Mend redis-reachable first.')
      if (refused.length === 0) return right('The user of Redis may use every command that the application needs.')
      return wrong(
        `The user of Redis may not use ${refused.join(', ')}.`,
        `ACL SETUSER gatehouse ${refused.map(name => `+${name}`).join(' ')} (docs/redis.md has the whole line).`,
      )
    },
  },
  {
    name: 'redis-policy',
    why: 'A Redis that evicts or forgets signs people out, and loses the audit trail.',
    judge(facts) {
      const { works, keeping } = see(facts.redis)
      if (!works) return untold('Redis was not reached.', 'Mend redis-reachable first.')
      const faults = keeping.flatMap(line => keepingWords[line.event]?.(line) ?? [])
      if (faults.length > 0)
        return wrong(listed(faults.map(({ what }) => what)), faults.map(({ fix }) => fix).join(' '))
      const unseen = keeping.filter(({ event }) => event === 'redis-not-checked').map(({ what }) => what)
      if (unseen.length > 0)
        return untold(
          `Redis does not show its ${unseen.join(' and ')}.`,
          'Grant +info and +config|get, or look yourself.',
        )
      return right('Redis evicts nothing, and keeps what it has over a restart.')
    },
  },
  {
    name: 'redis-protected',
    why: 'Whoever can write in Redis can end sessions and cut the trail; without TLS the password can be read on the way.',
    judge(facts) {
      const { redis } = see(facts.config)
      const address = readRedisUrl(redis.url?.reveal() ?? '')
      if ('wrong' in address) return untold('There is no address of Redis.', 'Set REDIS_URL.')
      const hosts = address.nodes.map(({ host }) => host)
      if (hosts.every(isThisMachine)) return right('Redis is on this machine.')
      if (!address.password)
        return wrong(
          `Redis at ${hosts.join(', ')} asks for no password.`,
          'Make the user of docs/redis.md, and name it in REDIS_URL.',
        )
      if (address.isTls) return right(`Redis is reached over TLS, as the user ${address.username ?? 'default'}.`)
      if (hosts.every(isInside))
        return right('Redis is reached without TLS, in a network of its own: nobody else may be in it.')
      return wrong(
        `Redis at ${hosts.join(', ')} is reached without TLS.`,
        'Write rediss:// in REDIS_URL, and the port that has TLS.',
      )
    },
  },
]

const keepingWords: Record<string, (line: RedisLine) => { what: string; fix: string }> = {
  'redis-may-evict': ({ policy }) => ({
    what: `Redis throws keys away when it is full (maxmemory-policy ${policy}).`,
    fix: 'Set maxmemory-policy noeviction.',
  }),
  'redis-keeps-nothing': () => ({
    what: 'Redis keeps nothing over a restart.',
    fix: 'Set appendonly yes.',
  }),
}

const isThisMachine = (host: string) => isLoopback(`http://${host.includes(':') ? `[${host}]` : host}`)
/** A name without a dot, or an address of a private network. */
const isInside = (host: string) =>
  isIP(host) ? /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd])/i.test(host) : !host.includes('.')

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
