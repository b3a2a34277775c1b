import type { Redis } from 'ioredis'
import type { Log } from '../../observability.ts'

type Node = Pick<Redis, 'info' | 'config'>
type Finding =
  | { event: 'redis-may-evict'; policy: string; wanted: 'noeviction' }
  | { event: 'redis-keeps-nothing'; wanted: 'appendonly or save' }
  | { event: 'redis-not-checked'; what: 'maxmemory-policy' | 'persistence' }

/**
 * Checks whether Redis keeps what it is given: the eviction of a session signs a person out, and a restart that forgets a
 * sign-out brings the session back. Says in the log what it finds, and says it again when it changed: a fail-over may lead
 * to a Redis that is set up otherwise. Says so where it may not ask. Never throws.
 */
export function createKeepingCheck(log: Log) {
  let before = ''
  return async (nodes: readonly Node[]): Promise<void> => {
    const found = await Promise.all(nodes.map(findingsOf)).catch(() => undefined)
    // A node that went away meanwhile is asked when it is back.
    if (!found) return
    const lines = [...new Map(found.flat().map(finding => [JSON.stringify(finding), finding])).values()]
    const now = JSON.stringify(lines)
    if (now !== before)
      for (const finding of lines) log[finding.event === 'redis-not-checked' ? 'info' : 'warn'](finding)
    before = now
  }
}

const findingsOf = async (node: Node): Promise<Finding[]> => [
  ...(await evictionOf(node)),
  ...(await persistenceOf(node)),
]

async function evictionOf(node: Node): Promise<Finding[]> {
  const policy = /^maxmemory_policy:([a-z-]{1,40})$/m.exec(await answer(node.info('memory')))?.[1]
  if (policy === undefined) return [{ event: 'redis-not-checked', what: 'maxmemory-policy' }]
  return policy === 'noeviction' ? [] : [{ event: 'redis-may-evict', policy, wanted: 'noeviction' }]
}

async function persistenceOf(node: Node): Promise<Finding[]> {
  if (/^aof_enabled:1$/m.test(await answer(node.info('persistence')))) return []
  // Only CONFIG tells whether snapshots are taken. It shows passwords, too, so it is rarely allowed.
  const save = await answer(node.config('GET', 'save'))
  if (!save.includes('save')) return [{ event: 'redis-not-checked', what: 'persistence' }]
  return /\d/.test(save) ? [] : [{ event: 'redis-keeps-nothing', wanted: 'appendonly or save' }]
}

/** The answer as text, whatever its shape; an empty text where Redis refused to answer. */
async function answer(asked: Promise<unknown>): Promise<string> {
  const found = await asked.catch(error => {
    if (error instanceof Error && error.name === 'ReplyError') return ''
    throw error
  })
  return typeof found === 'string' ? found : JSON.stringify(found)
}
