import type { Command } from 'ioredis'
import type { RedisTopology } from '../../config/redis-address.ts'
import { redisReasonOf } from '../../labels.ts'
import type { Refusals, Subject } from './refusals.ts'
import { type Refusal, refusalIn, remedies } from './words.ts'

/** Told of each command: how long it took, and why it was not done, where it was not. */
export type Observe = (seconds: number, reason?: string) => void
type Sent = Pick<Command, 'name' | 'promise' | 'getKeys'>
/** What one node, a cluster and a client of sentinels have in common. */
type Sender = { sendCommand(command: Sent, ...rest: unknown[]): unknown }

/**
 * Follows every command, whoever gives it, those of a connection's beginning too: times it, and hears what is refused.
 */
export function followCommands(
  sender: Sender,
  {
    observe,
    refusals,
    topology,
    prefix,
  }: { observe: Observe; refusals: Refusals; topology: RedisTopology; prefix: string },
): void {
  const send = sender.sendCommand.bind(sender)
  sender.sendCommand = (command, ...rest) => {
    const began = performance.now()
    const seconds = () => (performance.now() - began) / 1000
    command.promise.then(
      answer => {
        observe(seconds())
        const refusal = hidden(command, answer)
        if (refusal) refusals.refused(refusal)
        else if (refusals.isRefusing()) refusals.answered(subjectOf(command, prefix))
      },
      error => {
        const refusal = refusalIn(error, topology)
        observe(seconds(), redisReasonOf(refusal?.word))
        if (refusal && !isSpared(command, refusal)) refusals.refused(refusal, subjectOf(command, prefix))
      },
    )
    return send(command, ...rest)
  }
}

/** What these tell is good to know, and need not be allowed: `redis-not-checked` says so. */
const isSpared = ({ name }: Sent, { word }: Refusal) =>
  (name === 'info' || name === 'config') && (word === 'NOPERM' || word === 'ERR')

/** The key itself stays here: of it only the kind is kept, which our own code names. */
function subjectOf(command: Sent, prefix: string): Subject {
  const [key = ''] = command.getKeys().map(String)
  return { command: command.name, kind: key.startsWith(prefix) ? (key.slice(prefix.length).split(':')[0] ?? '') : '' }
}

/** The client asks whether Redis is loading, and whether its cluster is whole: that it waits for them is in an answer, not in an error. */
function hidden({ name: command }: Sent, answer: unknown): Refusal | undefined {
  const found = waits.find(wait => wait.command === command)
  return found?.sign.test(String(answer)) ? { word: found.word, command, remedy: remedies[found.word] } : undefined
}
const waits = [
  { command: 'info', sign: /^loading:1\s*$/m, word: 'LOADING' },
  { command: 'cluster', sign: /^cluster_state:fail\s*$/m, word: 'CLUSTERDOWN' },
]
