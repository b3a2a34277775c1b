import type { Request } from 'express'
import type { AccessNow } from '../gate/asking/access-now.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { GateName, Person, Requirement, StepUp } from '../gate/decide.ts'
import type { Log } from '../observability.ts'
import type { Services } from '../services.ts'
import type { EndOrder } from '../session/ending-sessions.ts'
import type { OpenSession } from '../session/lives/everyone.ts'
import type { OwnSession } from '../session/lives/own-sessions.ts'
import type { Membership } from '../session/record/membership.ts'
import type { SessionRecord } from '../session/record/record.ts'
import type { WaitingFor } from '../session/sign-in-record.ts'
import type { OneTimeNotice } from './shell/one-time-notice.ts'

/**
 * The session of a visit: what it remembers, and this person's sessions, to look at and to end. All that is asked of it
 * throws Problem('redis-away') when Redis does not answer.
 */
export type VisitSession = {
  record: SessionRecord
  /** The gate that the page is about: the one that opened it, or the one that an address or a form names (`gate`). */
  gate: string
  /** The membership at that gate, as it was found when this request was admitted. */
  membership: Membership
  /** How access stands at that gate after what this request did, so that the page and the line above it say the same. */
  access: () => Promise<AccessNow>
  own: () => Promise<OwnSession[]>
  end: (which: string) => Promise<void>
  /** The open sessions of everyone: for pages of administrators and auditors only. */
  everyone: () => Promise<OpenSession[]>
  /** Ends sessions of others, recorded before and after: for pages of administrators only. Returns how many ended. */
  endEveryones: (order: EndOrder) => Promise<number>
  /** Gives the same session a new id, because this person's rights grew. */
  rotate: () => Promise<void>
}
/** All that a controller gets. Only a guard's admission makes a visit, so no controller can run ungated. */
export type Visit = {
  person: Person
  who: Who
  session: VisitSession
  path: string
  params: Request['params']
  query: unknown
  form: unknown
  /** Nobody has come yet: the page is asked for without its text (HEAD), or ahead of time by the browser. So nothing is done. */
  isAhead: boolean
  /** The reference of this visit in the log. */
  reference: string
  log: Log
}
type Look = {
  status?: number
  /** How soon a browser without script asks for the page again, in seconds. */
  refreshSeconds?: number | undefined
  /** The same holds with script: nothing on the page asks by itself. */
  refreshesAlways?: boolean
  /** The page holds something to be finished, so the line under the header offers nothing else to press. */
  isUnfinished?: boolean
  /** The page holds a table, and takes the width that a table wants. */
  isWide?: boolean
}
/** A page to show: the name of its view in views/pages, its title and its values. */
export type ViewReply = { view: string; title: string; model: object } & Look
/** The way to Entra and back to `returnTo`; with an activation at a gate, or an order, to meet `claims` so that it can be sent. */
type Leave = {
  returnTo: string
  activation?: string
  gate?: string
  /** The wishes that wait for the same, beside that activation. */
  more?: readonly WaitingFor[]
  /** The gates at which access is turned on together with these, and at which nothing waits for a check. */
  beside?: readonly string[]
  claims?: string
  /** The order of an administrator that goes on once `claims` are met. */
  order?: string
}
type Redirect = { redirect: string; notice?: string | OneTimeNotice }
/** A file to save: its name, its media type, and its text piece by piece. Pieces may be empty: then it is seen whether anybody still waits. */
export type DownloadReply = { download: string; type: string; pieces: AsyncIterable<string> }
export type Reply = ViewReply | Redirect | DownloadReply | { json: object } | { nothing: true } | { toEntra: Leave }
export type Controller = (visit: Visit) => Reply | Promise<Reply>

/** Answers with a view: its name in views/pages, the page's title, the values it shows. */
export const view = (name: string, title: string, model: object, look: Look = {}): Reply => ({
  view: name,
  title,
  model,
  ...look,
})
/** Sends the browser on to a path of ours. The page there says `notice` once: what this form has done. */
export const redirect = (path: string, more: Pick<Redirect, 'notice'> = {}): Reply => ({ redirect: path, ...more })
/** Answers a script of ours. */
export const json = (model: object): Reply => ({ json: model })
/**
 * Lets the browser save a file, which is sent while it is made. What has to be done before its first byte is done before this
 * reply; where it is recorded who got it, `nothingYet` answers visits that are ahead.
 */
export const download = (name: string, type: string, pieces: AsyncIterable<string>): Reply => ({
  download: name,
  type,
  pieces,
})
/**
 * Answers a visit that is ahead with 204 and no text: what is shown or given here is recorded, and nobody has come yet. A
 * browser that gets this ahead of time asks anew once the person comes.
 */
export const nothingYet = (): Reply => ({ nothing: true })
/**
 * Sends the browser to Entra, and back to a page. With an activation, Entra is told exactly the claims that Microsoft
 * asked for, so that the activation can be sent afterwards.
 */
export const toEntra = (leave: Leave): Reply => ({ toEntra: leave })

/**
 * A group of pages that settings turn on or off together: `self-service` by PIM_SELF_SERVICE, `administration` by the gates
 * `administrators` and `auditors`.
 */
export type Part = 'self-service' | 'administration'
/** The word for a page in the navigation; some pages have another word while PIM_SELF_SERVICE is on. */
export type Nav = string | { label: string; withSelfService: string }
/** One line of the page table. */
export type Page = {
  method: 'get' | 'post'
  path: string
  requirement: Requirement
  /** The gate whose authentication context the page needs freshly met. The settings say which context that is. */
  stepUpOf?: GateName | undefined
  part?: Part | undefined
  nav?: Nav | undefined
  create: (services: Services) => Controller
}

/** `stepUp: 'administrators'`: the authentication context of that gate, met at most 15 minutes ago. */
type More = { stepUp?: StepUp | 'administrators'; part?: Part }
type Line<Options, Name extends GateName = GateName> = (
  path: string,
  audience: 'signed-in' | Name | readonly Name[],
  controller: Promise<{ default: Page['create'] }>,
  more?: Options,
) => Promise<Page>

const page =
  (method: Page['method']): Line<More & { nav?: Nav }> =>
  async (path, audience, controller, { stepUp, part, nav } = {}) => {
    assertCanOpen(audience, path)
    if (stepUp === 'administrators') assertOfAdministration(part, path)
    else if (stepUp) assertCanBeMet(stepUp, path)
    if (nav !== undefined) assertOneAddress(path)
    const made = { method, path, part, nav, create: (await controller).default }
    if (stepUp === 'administrators') return { ...made, requirement: { audience }, stepUpOf: stepUp }
    return { ...made, requirement: { audience, stepUp } }
  }
/** A line of the page table: a page to look at. Throws an Error for a line that could never work. */
export const get: Line<More & { nav?: Nav }> = page('get')
/** A line of the page table: a form. Throws an Error for a line that could never work. */
export const post: Line<More> = page('post')
/** The same two, for a table whose gates are known: a gate whose name is misspelt does not compile. */
export const linesFor = <Name extends GateName>(): {
  get: Line<More & { nav?: Nav }, Name>
  post: Line<More, Name>
} => ({ get, post })

/** A list without a gate would open to nobody, and `signed-in` is no gate that could stand in a list. */
function assertCanOpen(audience: Requirement['audience'], path: string): void {
  if (typeof audience === 'string') return
  if (audience.length === 0) throw new Error(`${path}: a list of gates names one at least`)
  if (audience.includes('signed-in'))
    throw new Error(`${path}: signed-in is no gate, so it stands alone and not in a list`)
}

/** A step-up that nobody can meet would send people round in circles, so such a line is refused at start. */
function assertCanBeMet({ context, maxAgeMinutes = 1 }: StepUp, path: string): void {
  if (/^c[1-9]\d?$/.test(context) && maxAgeMinutes >= 1) return
  throw new Error(`${path}: a step-up takes a context of c1 to c99, and an age of at least one minute`)
}

/** Elsewhere nothing would turn the gate's name into its context. */
function assertOfAdministration(part: Part | undefined, path: string): void {
  if (part !== 'administration')
    throw new Error(`${path}: the step-up of the administrators is for pages of the administration`)
}

function assertOneAddress(path: string): void {
  if (/[:*{]/.test(path))
    throw new Error(`${path}: the navigation leads to one address, so its pages have no parameters`)
}
