import { z } from 'zod'
import type { EndOrder } from '../../session/ending-sessions.ts'
import type { OpenSession } from '../../session/lives/everyone.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import { browserName } from '../shell/browser-name.ts'
import { instantOf } from '../shell/instant.ts'

const wishShape = z.union([
  z.object({ session: z.string().regex(/^[\w-]{22}$/) }),
  z.object({ person: z.guid() }),
  z.object({ all: z.enum(['all', 'others']) }),
])

/** The sessions that an administrator means to end. `fields` name them in the form; `what` says what will happen. */
export type MeantToEnd = {
  order: Pick<EndOrder, 'which' | 'subject' | 'listed'>
  fields: Record<string, string>
  what: string
  button: string
  /** Whether the session in which the administrator acts is among them. */
  isOwnToo: boolean
}

/** The sessions that an address or a form names, among those that are open; undefined where there are none. */
export function meantToEnd(given: unknown, open: readonly OpenSession[], now: Date): MeantToEnd | undefined {
  const wish = wishShape.safeParse({ ...(given as object) }).data
  if (!wish) return undefined
  if ('session' in wish)
    return one(
      open.find(({ handle }) => handle === wish.session),
      now,
    )
  if ('person' in wish) return ofPerson(open.filter(({ record }) => record.identity.objectId === wish.person))
  return all(wish.all, open)
}

function one(found: OpenSession | undefined, now: Date): MeantToEnd | undefined {
  if (!found) return undefined
  const { handle, isThisOne, record } = found
  const { identity, browser, signedInAt, signedInFrom } = record
  const from = signedInFrom ? `, from ${signedInFrom}` : ''
  const since = `signed in ${instantOf(new Date(signedInAt), now).absolute}${from}`
  return {
    order: { which: { whose: 'one', person: identity, handle }, subject: subjectOf(record), listed: 1 },
    fields: { session: handle },
    what: `This ends the session of ${namedWell(record)} in ${browserName(browser)}, ${since}.${ownWarning(isThisOne)}`,
    button: 'End this session',
    isOwnToo: isThisOne,
  }
}

function ofPerson(found: readonly OpenSession[]): MeantToEnd | undefined {
  const [first] = found
  if (!first) return undefined
  const { record } = first
  const isOwnToo = found.some(({ isThisOne }) => isThisOne)
  return {
    order: { which: { whose: 'person', person: record.identity }, subject: subjectOf(record), listed: found.length },
    fields: { person: record.identity.objectId },
    what: `This ends ${sessionsIn(found.length)} of ${namedWell(record)}, in every browser.${ownWarning(isOwnToo)}`,
    button: 'End all of this person',
    isOwnToo,
  }
}

function all(which: 'all' | 'others', open: readonly OpenSession[]): MeantToEnd | undefined {
  const isOwnToo = which === 'all'
  const found = open.filter(({ isThisOne }) => isOwnToo || !isThisOne)
  const people = new Set(found.map(({ record }) => record.identity.objectId)).size
  const spared = isOwnToo ? '' : ' The session in which you are now stays.'
  return {
    order: { which: { whose: isOwnToo ? 'all' : 'all-but-this' }, listed: found.length },
    fields: { all: which },
    what: `This ends ${sessionsIn(found.length)}, of ${people === 1 ? 'one person' : `${people} people`}.${spared}${ownWarning(isOwnToo)}`,
    button: isOwnToo ? 'End all sessions' : 'End all other sessions',
    isOwnToo,
  }
}

const subjectOf = ({ identity: { objectId, name, username } }: SessionRecord) => ({ objectId, name, username })
const namedWell = ({ identity: { name, username } }: SessionRecord) => `${name} (${username})`
const ownWarning = (isOwnToo: boolean) => (isOwnToo ? ' The session in which you are now ends, too.' : '')
const sessionsIn = (count: number) => (count === 1 ? 'one session' : `${count} sessions`)

/** What was done, for the page that follows. */
export const saidEnded = (count: number): string =>
  count === 0 ? 'No session was open any more.' : `${count === 1 ? 'One session has' : `${count} sessions have`} ended.`
