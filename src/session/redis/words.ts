import type { RedisTopology } from '../../config/redis-settings.ts'

/** A refusal of Redis: its first word, the name of the command, and what helps. Never its text, which may hold values. */
export type RedisRefusal = { word: string; command: string | undefined; remedy: string | undefined }

// Before Redis 7 the errors of scripts are inside an ERR.
// Source: https://redis.io/docs/latest/develop/programmability/eval-intro
const inScript = /@user_script: ?\d+: -?([A-Z]{2,20})\b/
const ofScriptRights = /The user executing the script can't|ACL failure in script/
const ofUnknownMaster = /invalid reply: null/
const words = [/^([A-Z]{2,20})(?= |$)/, /(?:because|Last error:) (?:ReplyError: )?([A-Z]{2,20}) /]
const ofCertificate = /certificate|altname/i

/**
 * The refusal in an error of ioredis, which may hold it inside another error; undefined where Redis did not answer. The
 * remedy depends on the topology that Redis was taken for.
 */
export function redisRefusalIn(error: unknown, topology: RedisTopology): RedisRefusal | undefined {
  if (!(error instanceof Error)) return undefined
  if ('lastNodeError' in error && error.lastNodeError) return redisRefusalIn(error.lastNodeError, topology)
  const { message } = error
  const word = wordIn(error)
  if (word === undefined) return undefined
  const command = commandOf(error)
  return { word, command, remedy: remedyFor(word, { message, command, topology }) }
}

function wordIn(error: Error): string | undefined {
  const { name, message } = error
  if (isAboutCertificate(error)) return 'TLS'
  if (ofScriptRights.test(message)) return 'NOPERM'
  if (ofUnknownMaster.test(message)) return 'ERR'
  const [direct, ...wrapped] = [inScript, ...words].map(pattern => pattern.exec(message)?.[1])
  if (direct !== undefined) return direct
  // Only errors of Redis itself begin with its word.
  return name === 'ReplyError' ? (wrapped[0] ?? 'other') : wrapped[1]
}

const isAboutCertificate = (error: Error) =>
  ofCertificate.test('code' in error ? String(error.code) : '') ||
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test('code' in error ? String(error.code) : '') ||
  (!(error.name === 'ReplyError') && ofCertificate.test(error.message))

/** Only the name of the command: keys and values follow it. */
function commandOf(error: Error): string | undefined {
  const command = 'command' in error ? (error.command as { name?: unknown } | undefined) : undefined
  const name = String(command?.name ?? '').toLowerCase()
  return /^[a-z]{2,30}$/.test(name) ? name : undefined
}

/** The remedy for each word of a refusal, where the word alone says enough. */
export const remedies: Record<string, string> = {
  MOVED: 'a node of a cluster: set REDIS_CLUSTER=on',
  ASK: 'a node of a cluster: set REDIS_CLUSTER=on',
  CLUSTERDOWN: 'the cluster has slots that no node serves: see CLUSTER INFO',
  READONLY: 'a replica: point REDIS_URL at the master or set REDIS_SENTINEL_MASTER',
  MASTERDOWN: 'a replica that has lost its master: point REDIS_URL at the master or set REDIS_SENTINEL_MASTER',
  NOREPLICAS: 'too few replicas are connected: see min-replicas-to-write',
  OOM: 'Redis is full: give it more memory, and see maxmemory',
  MISCONF: 'Redis cannot keep its data on disk: see its log',
  WRONGPASS: 'user name or password are not right: see REDIS_URL, and docs/redis.md for changing the password',
  NOAUTH: 'Redis wants a password: write it in REDIS_URL',
  DENIED: 'Redis is in protected mode: give it a password',
  LOADING: 'Redis reads its data after a start: nothing, if redis-ready follows',
  BUSY: 'a script keeps Redis busy: see SCRIPT KILL',
}

type Facts = { message: string; command: string | undefined; topology: RedisTopology }

function remedyFor(word: string, { message, command, topology }: Facts): string | undefined {
  if (word === 'NOPERM') return rightFor(message, command)
  if (word === 'TLS') return certificateRemedy(message)
  if (word === 'ERR') return errors.find(([pattern]) => pattern.test(message))?.[1]
  const isOne = topology.kind === 'one'
  if (!isOne && (word === 'MOVED' || word === 'ASK')) return 'the nodes announce addresses that lead elsewhere'
  if (!isOne && word === 'READONLY')
    return 'a replica is taken for the master: see the fail-over, and what is announced'
  return remedies[word]
}

function rightFor(message: string, command: string | undefined): string {
  if (/\bkey/.test(message)) return 'the ACL user lacks the key pattern of REDIS_PREFIX: see docs/redis.md'
  if (ofScriptRights.test(message) || !command)
    return 'the ACL user lacks a command that a script uses: see docs/redis.md'
  return `the ACL user lacks +${command}: see docs/redis.md`
}

const certificateRemedy = (message: string) =>
  /altname|does not match/i.test(message)
    ? 'its certificate is for another name than that in REDIS_URL'
    : /expired|not yet valid/i.test(message)
      ? 'its certificate is not valid now'
      : /required/i.test(message)
        ? 'it wants a certificate from its clients, and there is none: see tls-auth-clients'
        : 'its certificate is of an authority that is not known here: see REDIS_CA_FILE'

const errors: [RegExp, string][] = [
  [ofUnknownMaster, 'this sentinel knows no master of that name: see REDIS_SENTINEL_MASTER'],
  [/cluster support disabled/, 'no cluster: leave REDIS_CLUSTER out'],
  [/unknown command ['`]?sentinel/i, 'no sentinel: leave REDIS_SENTINEL_MASTER out, or give the port of the sentinels'],
  [/unknown command/i, 'Redis does not know this command: it has to be 6.2 or later, without commands renamed'],
  [
    /DB index|DB is out of range|SELECT is not allowed/i,
    'there is no such database: see the number behind the host in REDIS_URL',
  ],
  [/max number of clients/i, 'too many are connected: see maxclients'],
]
