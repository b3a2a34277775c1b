import type { Command } from 'ioredis'
import type { RedisTopology } from '../../config/redis-settings.ts'
import { redisReasonOf } from '../../labels.ts'
import type { Refusals, Subject } from './refusals.ts'
import { type RedisRefusal, redisRefusalIn, remedies } from './words.ts'

/** Told of each command: how many seconds it took and, where it was not done, why. */
export type ObserveCommand = (seconds: number, reason?: string) => void
type Sent = Pick<Command, 'name' | 'promise' | 'getKeys'>
/** The method that one node, a cluster and a client of sentinels have in common. */
type Sender = { sendCommand(command: Sent, ...rest: unknown[]): unknown }

/** Follows every command, also those that begin a connection: tells how long each took, and hears what is refused. */
export function followCommands(
  sender: Sender,
  {
    observe,
    refusals,
    topology,
    prefix,
  }: { observe: ObserveCommand; refusals: Refusals; topology: RedisTopology; prefix: string },
): void {
  const send = sender.sendCommand.bind(sender)
  sender.sendCommand = (command, ...rest) => {
    const began = performance.now()
    const tookSeconds = () => (performance.now() - began) / 1000
    command.promise.then(
      answer => {
        observe(tookSeconds())
        const refusal = refusalInAnswer(command, answer)
        if (refusal) refusals.refused(refusal)
        else if (refusals.isRefusing()) refusals.answered(commandSubject(command, prefix))
      },
      error => {
        const refusal = redisRefusalIn(error, topology)
        observe(tookSeconds(), redisReasonOf(refusal?.word))
        if (refusal && !isSpared(command, refusal)) refusals.refused(refusal, commandSubject(command, prefix))
      },
    )
    return send(command, ...rest)
  }
}

/** The answers to these are good to know, but need not be allowed: `redis-not-checked` says so. */
const isSpared = ({ name }: Sent, { word }: RedisRefusal) =>
  (name === 'info' || name === 'config') && (word === 'NOPERM' || word === 'ERR')

/** Keeps only the kind of the key, which our own code names. The key itself goes no further. */
function commandSubject(command: Sent, prefix: string): Subject {
  const [key = ''] = command.getKeys().map(String)
  return { command: command.name, kind: key.startsWith(prefix) ? (key.slice(prefix.length).split(':')[0] ?? '') : '' }
}

/**
 * A refusal that is in an answer and not in an error: the client asks whether Redis is loading, and whether its cluster is
 * whole, and waits for them.
 */
function refusalInAnswer({ name: command }: Sent, answer: unknown): RedisRefusal | undefined {
  const found = waits.find(wait => wait.command === command)
  return found?.sign.test(String(answer)) ? { word: found.word, command, remedy: remedies[found.word] } : undefined
}
const waits = [
  { command: 'info', sign: /^loading:1$/m, word: 'LOADING' },
  { command: 'cluster', sign: /^cluster_state:fail$/m, word: 'CLUSTERDOWN' },
]
