import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Graph } from '../../entra/graph/graph.ts'
import { GraphRefusal } from '../../entra/graph/refusal.ts'
import { parsed } from '../../entra/graph/shapes.ts'
import { NoAnswer } from '../../entra/outbound.ts'
import { waitAtMost } from '../../patience.ts'
import type { Fact } from './fact.ts'

const longestMs = 15_000
/** Conditional Access takes one request a second of all applications of a tenant together. Source: learn.microsoft.com/graph/throttling-limits */
const conditionalAccessMs = 1_000

type Parts = {
  graph: Pick<Graph, 'call' | 'list'>
  token: () => Promise<string>
  clock: Clock
  sleep?: ((ms: number) => Promise<void>) | undefined
}
/** What is read: how a sentence names it, where it is, its shape, and the least permission that shows it. */
export type SetupPart<T extends z.ZodType> = { what: string; path: string; shape: T; needs: string }

/**
 * Reads parts of the tenant, each address once, within 15 s in all from now on. 429 is waited out within that time, and
 * Conditional Access is asked once a second. Nothing here throws: what cannot be read is a fact without a value.
 */
export function createFactReading({ graph, token, clock, sleep = asTimer }: Parts) {
  const endsAt = clock().getTime() + longestMs
  const left = () => endsAt - clock().getTime()
  const known = new Map<string, Promise<unknown>>()
  let lane: Promise<unknown> = Promise.resolve()
  let lastAt = Number.NEGATIVE_INFINITY
  let asked: Promise<string> | undefined

  const once = (how: 'call' | 'list', path: string): Promise<unknown> => {
    const key = `${how} ${path}`
    const work = known.get(key) ?? inItsTurn(path, () => patiently(async () => graph[how](path, await ownToken())))
    known.set(key, work)
    return work
  }
  const ownToken = () => {
    asked ??= token()
    return asked
  }

  function inItsTurn(path: string, work: () => Promise<unknown>): Promise<unknown> {
    if (!isConditionalAccess(path)) return work()
    const turn = lane.then(async () => {
      await sleep(Math.max(0, lastAt + conditionalAccessMs - clock().getTime()))
      return work().finally(() => {
        lastAt = clock().getTime()
      })
    })
    lane = turn.catch(() => undefined)
    return turn
  }

  async function patiently(work: () => Promise<unknown>, pauseMs = conditionalAccessMs): Promise<unknown> {
    if (left() <= 0) throw new NoAnswer('no time left')
    try {
      return await waitAtMost(left(), work(), () => {
        throw new NoAnswer('no time left')
      })
    } catch (thrown) {
      const wait = thrown instanceof NoAnswer ? (thrown.retryAfterMs ?? pauseMs) : undefined
      if (wait === undefined || !isThrottled(thrown) || wait >= left()) throw thrown
      await sleep(wait)
      return patiently(work, 2 * pauseMs)
    }
  }

  async function factOf<T extends z.ZodType>(how: 'call' | 'list', part: SetupPart<T>): Promise<Fact<z.infer<T>>> {
    try {
      const answer = await once(how, part.path)
      return { value: parsed(part.shape, answer) }
    } catch (thrown) {
      return withoutValue(thrown, part)
    }
  }

  return {
    /** One object. */
    one: <T extends z.ZodType>(part: SetupPart<T>): Promise<Fact<z.infer<T>>> => factOf('call', part),
    /** A list, from all its pages. `shape` is that of one item. */
    all: <T extends z.ZodType>(part: SetupPart<T>): Promise<Fact<z.infer<T>[]>> =>
      factOf('list', { ...part, shape: z.array(part.shape) }),
  }
}
export type FactReading = ReturnType<typeof createFactReading>

const asTimer = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))
const isConditionalAccess = (path: string) =>
  path.startsWith('/identity/conditionalAccess/') || path.startsWith('/policies/authenticationStrengthPolicies')
const isThrottled = (thrown: unknown) =>
  thrown instanceof NoAnswer && (thrown.kind === 'throttled' || /^status 50[34]$/.test(thrown.message))

type Sought = { what: string; needs: string }

function withoutValue(thrown: unknown, { what, needs }: Sought): Fact<never> {
  if (thrown instanceof GraphRefusal) return refused(thrown, { what, needs })
  const remedy = `Check again later; it also takes the permission ${needs}.`
  if (thrown instanceof NoAnswer)
    return { unseen: `Microsoft gave no answer about ${what}: ${thrown.message}.`, remedy }
  return {
    unseen: `There is no token to ask Microsoft about ${what} with.`,
    remedy: `Ask with a token that has the permission ${needs}.`,
  }
}

function refused({ status, code: refusal }: GraphRefusal, { what, needs }: Sought): Fact<never> {
  if (status === 404) return { missing: `${capital(what)} does not exist in this tenant.` }
  const remedy = `Check again later; it also takes the permission ${needs}.`
  if (status === 0) return { unseen: `Microsoft’s answer about ${what} cannot be read.`, remedy, refusal }
  if (status !== 401 && status !== 403)
    return { unseen: `Microsoft refused to show ${what}: ${refusal}.`, remedy, refusal }
  return {
    unseen: `Microsoft does not show ${what}.`,
    remedy: `Grant the permission ${needs}, and it is checked.`,
    refusal,
  }
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
