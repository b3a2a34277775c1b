import type { Clock } from '../../clock.ts'
import { GraphRefusal } from '../../entra/graph/refusal.ts'
import type { AppToken } from '../../entra/oidc/app-token.ts'
import { NoAnswer } from '../../entra/outbound.ts'
import { type GroupLists, type ListName, listNames } from '../../entra/pim/group-lists.ts'
import { isProblem, Problem } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { waitAtMost } from '../../patience.ts'
import type { AsPerson } from '../reading/as-person.ts'
import { patient } from '../reading/patience.ts'
import { rethrowRedisAway } from '../refusals/redis-away.ts'
import { type GroupReading, missingIn, type WhyMissing } from './lists.ts'

/** A reading is shown to everybody who comes within this time (ms) after it was begun. */
const sharedForMs = 20_000
/** An older reading (ms) is not shown, whatever Microsoft does. */
const shownForMs = 30_000
/** A page that asks for a new reading gets one that is no older than this (ms). */
const newForMs = 2_000
/** A page waits so long (ms) for a reading; the rest of its time is for other questions. */
const longestWaitMs = 3_500

type Needs = {
  clock: Clock
  lists: GroupLists
  asPerson: AsPerson
  /** The application's own token, where it has the permissions for the lists of people who have access. */
  appToken?: Pick<AppToken, 'get' | 'drop'> | undefined
}

/**
 * Reads who has access at one gate, once for everybody who looks at it: with the application's own token where it has one,
 * else, or where Graph does not let the application see a list, with the visitor's. A list that neither may see is missing,
 * and all others are shown. `latest` throws Problem('redis-away'), and nothing of Graph's.
 */
export function createGroupReading({ clock, lists, asPerson, appToken }: Needs) {
  const now = () => clock().getTime()
  let kept: GroupReading | undefined
  let running: Promise<GroupReading> | undefined

  async function read(who: Who, before: GroupReading | undefined): Promise<GroupReading> {
    const asOf = before?.asOf ?? now()
    const wanted = before ? missingIn(before).map(({ list }) => list) : listNames
    const found = await Promise.all(wanted.map(async name => [name, await readOne(who, name)] as const))
    const triedBy = new Set([...(before?.triedBy ?? []), who.identity.objectId])
    return { asOf, lists: { ...before?.lists, ...Object.fromEntries(found) } as GroupReading['lists'], triedBy }
  }

  async function readOne<Name extends ListName>(who: Who, name: Name): Promise<GroupReading['lists'][Name]> {
    const list = lists[name] as (token: string) => Promise<Exclude<GroupReading['lists'][Name], WhyMissing>>
    const asApplication = await asTheApplication(list)
    if (typeof asApplication !== 'string' || asApplication === 'silent') return asApplication
    return asPerson(patient(who), list).catch(whyNot)
  }

  async function asTheApplication<Rows>(list: (token: string) => Promise<Rows>): Promise<Rows | WhyMissing> {
    if (!appToken) return 'permission'
    try {
      return await list(await appToken.get())
    } catch (thrown) {
      if (thrown instanceof GraphRefusal && thrown.status === 401) appToken.drop()
      return whyNot(thrown)
    }
  }

  /** One reading at a time. What another visitor could not see, this one may. */
  function begin(who: Who, before?: GroupReading): Promise<GroupReading> {
    running ??= read(who, before)
      .then(reading => {
        // What Microsoft told half a minute ago says more than its silence.
        if (!isSilent(reading) || ageOf(kept) > shownForMs) kept = reading
        return reading
      })
      .finally(() => {
        running = undefined
      })
    return running
  }

  const ageOf = (reading: GroupReading | undefined): number =>
    reading === undefined ? Infinity : Math.abs(now() - reading.asOf)
  const maySeeMore = (reading: GroupReading, { identity }: Who): boolean =>
    missingIn(reading).length > 0 && !reading.triedBy.has(identity.objectId)

  return {
    /**
     * A reading of at most 20 seconds ago, or of 2 seconds with `even: 'new'`. Where Microsoft is slow, one of at most 30
     * seconds; undefined where there is none.
     */
    async latest(who: Who, even?: 'new'): Promise<GroupReading | undefined> {
      const isYoung = (reading: GroupReading | undefined): reading is GroupReading =>
        ageOf(reading) <= (even ? newForMs : sharedForMs)
      const work = async () => {
        await running
        if (!isYoung(kept)) await begin(who)
        else if (maySeeMore(kept, who)) await begin(who, kept)
      }
      if (!isYoung(kept) || maySeeMore(kept, who)) await waitAtMost(longestWaitMs, work(), () => undefined)
      return ageOf(kept) <= shownForMs ? kept : undefined
    },

    /** The reading in hand, without asking anyone. */
    inHand: (): GroupReading | undefined => (ageOf(kept) <= shownForMs ? kept : undefined),

    /** Something was changed here: whoever looks next sees what Microsoft says then. */
    forget(): void {
      kept = undefined
    },
  }
}
export type GroupReadings = ReturnType<typeof createGroupReading>

const isSilent = (reading: GroupReading): boolean => listNames.every(name => reading.lists[name] === 'silent')

function whyNot(thrown: unknown): WhyMissing {
  rethrowRedisAway(thrown)
  if (thrown instanceof NoAnswer || isProblem(thrown, 'entra-unreachable')) return 'silent'
  if (thrown instanceof Problem) return 'sign-in'
  if (!(thrown instanceof GraphRefusal)) throw thrown
  if (thrown.code === 'PermissionScopeNotGranted') return 'permission'
  if (thrown.status === 401) return 'sign-in'
  return thrown.status === 403 ? 'role' : 'unreadable'
}
